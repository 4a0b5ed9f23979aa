/** What a person says of the project, in options. */
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { GATEWAY, RUNTIME } from '../../lib/arn.ts';
import { gatewayPathFault, httpsFault, reachFault } from '../../lib/url.ts';
import { agentCoreHost } from '../../proxy/base/aws-hosts.ts';
import { InitError } from './init-error.ts';

export interface Answers {
  /** Absolute. */
  readonly folder: string;
  /** Of the package, and, with underscores, of the deployment. */
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** As an entry has it. */
  readonly upstream: Readonly<Record<string, string>>;
  /** Members that nobody gave: the person has to replace them before a deployment. */
  readonly examples: readonly ('account' | 'region' | 'upstream')[];
}

const EXAMPLE = { account: '111122223333', region: 'eu-west-1' };

/**
 * Throws an `InitError` with all faults.
 * @param resolve makes a path absolute, from where the command was typed
 */
export function readAnswers(args: readonly string[], resolve: (path: string) => string): Answers | 'help' {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { name: text, upstream: text, account: text, region: text, help: { type: 'boolean' } },
  });
  if (values.help === true) return 'help';
  const faults: string[] = [];
  const [given = '.', ...more] = positionals;
  if (more.length > 0) faults.push(`expected one FOLDER, got ${positionals.join(' ')}`);
  const folder = resolve(given);
  const name = values.name ?? nameOf(basename(folder));
  if (!/^[a-z][a-z0-9-]{0,47}$/.test(name))
    faults.push(
      `--name: expected a small letter, then up to 47 small letters, digits or hyphens, got ${JSON.stringify(name)}`,
    );
  const upstream = values.upstream === undefined ? undefined : upstreamOf(values.upstream, faults);
  const account = values.account ?? upstream?.account;
  if (account !== undefined && !/^\d{12}$/.test(account))
    faults.push(`--account: expected 12 digits, got ${JSON.stringify(account)}`);
  const region = values.region ?? upstream?.region;
  if (region !== undefined && !/^[a-z]{2,8}(?:-[a-z]+)+-\d{1,2}$/.test(region))
    faults.push(`--region: expected a region such as eu-west-1, got ${JSON.stringify(region)}`);
  if (faults.length > 0) throw new InitError(faults);
  const place = { account: account ?? EXAMPLE.account, region: region ?? EXAMPLE.region };
  return {
    folder,
    name,
    ...place,
    upstream: upstream?.entry ?? {
      gatewayArn: `arn:aws:bedrock-agentcore:${place.region}:${place.account}:gateway/${name}-a1b2c3d4e5`,
    },
    examples: [
      ...(account === undefined ? (['account'] as const) : []),
      ...(region === undefined ? (['region'] as const) : []),
      ...(upstream === undefined ? (['upstream'] as const) : []),
    ],
  };
}

/** `My Orders` becomes `my-orders`. */
function nameOf(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-$/g, '');
  return name === '' ? 'mcp-proxy' : name.slice(0, 48);
}

interface Upstream {
  readonly entry: Readonly<Record<string, string>>;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

function upstreamOf(text: string, faults: string[]): Upstream | undefined {
  const [, region, account] = GATEWAY.pattern.exec(text) ?? RUNTIME.pattern.exec(text) ?? [];
  if (region !== undefined)
    return { entry: GATEWAY.pattern.test(text) ? { gatewayArn: text } : { runtimeArn: text }, account, region };
  const fault = text.startsWith('arn:')
    ? `expected ${GATEWAY.example} or ${RUNTIME.example}, got another ARN`
    : (httpsFault(text) ?? reachFault(text) ?? gatewayPathFault(text));
  if (fault === undefined)
    return { entry: { url: text }, region: agentCoreHost(URL.parse(text)?.hostname ?? '')?.region };
  faults.push(`--upstream: ${fault}`);
  return undefined;
}
