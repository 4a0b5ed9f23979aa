/** Checks the Node that every command runs on. */
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { run } from '../child.ts';
import { ok, type Result, warning } from '../finding.ts';

/** CA roots whose keys were compromised (CVE-2026-111943), by their SHA-256 fingerprints; Node 26.12.1 removes them. */
const COMPROMISED: ReadonlyMap<string, string> = new Map([
  [
    '86:A1:EC:BA:08:9C:4A:8D:3B:BE:27:34:C6:12:BA:34:1D:81:3E:04:3C:F9:E8:A8:62:CD:5C:57:A3:6B:BE:6B',
    'emSign ECC Root CA - G3',
  ],
  [
    '12:56:09:AA:30:1D:A0:A2:49:B9:7A:82:39:CB:6A:34:21:6F:44:DC:AC:9F:39:54:B1:42:92:F2:E8:C8:60:8F',
    'emSign Root CA - C1',
  ],
  [
    'BC:4D:80:9B:15:18:9D:78:DB:3E:1D:8C:F4:F9:72:6A:79:5D:A1:64:3C:A5:F1:35:8E:1D:DB:0E:DC:0D:7E:B3',
    'emSign ECC Root CA - C3',
  ],
]);

const NEWER =
  'use Node 26.12.1 or later, or the newest patch of your line: on Linux "npm ci" without --omit=optional brings it; on a Mac install it, the commands prefer it to the one that npm brings';

export function node(version = process.versions.node, roots: readonly string[] = rootCertificates): Result {
  const [major = 0] = version.split('.').map(Number);
  const trusted = roots.flatMap((root) => COMPROMISED.get(new X509Certificate(root).fingerprint256) ?? []);
  if (trusted.length > 0)
    return warning(
      `${version}, which trusts CA roots whose keys were compromised (CVE-2026-111943): ${trusted.join(', ')}`,
      NEWER,
    );
  if (major >= 24) return ok(version);
  return warning(
    `${version}, whose maintenance ends or has ended`,
    'run "npm ci" without --omit=optional, which brings Node 26, and start the commands through npm',
  );
}

export async function npm(userAgent = process.env['npm_config_user_agent']): Promise<Result> {
  const [, version] = /^npm\/(\S+)/.exec(userAgent ?? '') ?? [];
  if (version !== undefined) return ok(version);
  const ran = await run('npm', ['--version'], { limitMs: 15_000 });
  if (ran.ran && ran.code === 0) return ok(ran.stdout.trim());
  return warning(
    'not on the PATH',
    'install it (it comes with Node): the CDK app and the documented commands start through npm and npx',
  );
}
