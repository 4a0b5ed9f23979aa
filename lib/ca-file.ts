/** `caFile`: certificates of private authorities, checked at synth and put beside the bundle. */
import { hash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { parseAuthorities } from '../proxy/network/authorities.ts';
import type { BuiltProxy } from './built-proxy.ts';
import type { Faults } from './faults.ts';

/** Where the proxy looks for them (`CA_BUNDLE=built`). */
const NAME = 'ca.pem';

/**
 * A copy of the built folder with the certificates.
 * @param caFile a path; a relative one starts at the working folder, like CDK's other paths
 */
export function withAuthorities(
  scope: Construct,
  built: BuiltProxy,
  caFile: string | undefined,
  faults: Faults,
): BuiltProxy {
  if (caFile === undefined) return built;
  const text = textOf(resolve(caFile));
  const read =
    text === undefined ? `expected a file that can be read, found none at ${resolve(caFile)}` : parseAuthorities(text);
  if (typeof read === 'string') {
    faults.add(`caFile: ${read}`);
    return built;
  }
  for (const warning of read.warnings)
    Annotations.of(scope).addWarningV2('agentcore-mcp-proxy:caFile', `caFile: ${warning}`);
  const certificates = `${read.certificates.join('\n')}\n`;
  const folder = join(dirname(built.folder), `with-${hash('sha256', certificates).slice(0, 16)}`, 'proxy');
  if (!existsSync(folder)) {
    cpSync(built.folder, folder, { recursive: true });
    writeFileSync(join(folder, NAME), certificates);
    // Independent of the umask: the container's user isn't the one who builds.
    chmodSync(join(folder, NAME), 0o644);
  }
  return { ...built, folder };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
