/** One entry of `deployments.ts`: a proxy in one account and region, as a plain object. */
import { TOPIC } from '../arn.ts';
import { IMAGE, IMAGE_WORDS } from '../base-image.ts';
import { LIFETIME, MICROVM } from '../check-props.ts';
import { arn } from './arn.ts';
import { type CallersFromEntry, callers, callersFrom } from './callers.ts';
import { type InboundAuthEntry, inboundAuth } from './inbound-auth.ts';
import { type NetworkEntry, network } from './network.ts';
import { flag, isRecord, listOf, needed, object, oneOf, optional, type Parse, recordOf, text, whole } from './parse.ts';
import { region } from './regions.ts';
import { type UpstreamAuthEntry, upstreamAuth } from './upstream-auth.ts';
import { type UpstreamEntry, upstream } from './upstream.ts';
import { httpsUrl } from './url.ts';

export interface Deployment {
  /** `[A-Za-z][A-Za-z0-9_]{0,47}`. With the stage it names the stack and the runtime, so together they are unique. */
  readonly name: string;

  /**
   * `[A-Za-z][A-Za-z0-9]{0,15}`: first part of the stack's name, so that `cdk deploy 'prod-*'` picks.
   * @default - none: the stack's name is `name` alone
   */
  readonly stage?: string;

  /** Twelve digits. */
  readonly account: string;

  /** One of AWS's regions, such as `eu-west-1`. */
  readonly region: string;

  /**
   * The proxy's config: a path from the folder of the deployments file.
   * @default - the repository's `proxy.config.ts`
   */
  readonly config?: string;

  /** Where calls go. */
  readonly upstream: UpstreamEntry;

  /**
   * How the proxy authenticates there.
   * @default - `iam` where the upstream is on AgentCore, else `none`
   */
  readonly upstreamAuth?: UpstreamAuthEntry;

  /**
   * Who may invoke the proxy.
   * @default 'iam'
   */
  readonly inboundAuth?: InboundAuthEntry;

  /** @default 'public' */
  readonly network?: NetworkEntry;

  /**
   * Values for what the config's controls need (`node main.mjs --describe` lists them). No secrets: they stand in the
   * template.
   * @default - none; a table or keyring that a control needs is created
   */
  readonly bindings?: Readonly<Record<string, string>>;

  /**
   * On everything in the stack that takes tags.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;

  /**
   * Endpoints beside `DEFAULT`, each pinned to a version of the runtime: the one this deployment makes, where none is
   * named.
   * @default - none
   */
  readonly endpoints?: readonly EndpointEntry[];

  /**
   * Who may invoke the proxy besides those of the account whose own policies let them: account ids, ARNs of IAM roles
   * and users, also of other accounts, which need the same permission there. With `inboundAuth` `'iam'`.
   * @default - nobody
   */
  readonly callers?: readonly string[];

  /**
   * From where callers may call, whether they sign or bring a JWT: through AgentCore's VPC endpoint in one of these
   * VPCs, or through one of these endpoints.
   * @default - from anywhere
   */
  readonly callersFrom?: CallersFromEntry;

  /** @default - 'MCP proxy in front of ' and the upstream */
  readonly description?: string;

  /**
   * How long the runtime's logs are kept: a number of days that CloudWatch Logs knows, or `'forever'`.
   * @default 180
   */
  readonly logRetentionDays?: number | 'forever';

  /**
   * Platform version of AgentCore Runtime.
   * @default 'V1'
   */
  readonly platformVersion?: 'V1' | 'V2';

  /**
   * After how long without a call a session ends: 60 to 28,800.
   * @default 900
   */
  readonly idleTimeoutSeconds?: number;

  /**
   * How long a session lives at most: 60 to 28,800, which is all that a microVM has.
   * @default 28800
   */
  readonly maxLifetimeSeconds?: number;

  /**
   * Lets the execution role invoke every gateway of the account, where the upstream's URL names none. Prefer
   * `upstream.gatewayArn`.
   * @default false
   */
  readonly allGateways?: boolean;

  /**
   * Hosts that `Host` and `Origin` may name.
   * @default - not checked
   */
  readonly allowedHosts?: readonly string[];

  /**
   * Where spans go: CloudWatch's own endpoint (`'xray'`), or an OTLP/HTTP one.
   * @default - nowhere
   */
  readonly traces?: 'xray' | { readonly otlpEndpoint: string };

  /** @default true */
  readonly dashboard?: boolean;

  /**
   * SNS topic that hears of alarms, in the same region.
   * @default - alarms without an action
   */
  readonly alarmTopicArn?: string;

  /**
   * What becomes of a created table, keyring and user pool when the stack goes.
   * @default 'retain'
   */
  readonly removalPolicy?: 'retain' | 'destroy';

  /**
   * The image that the proxy's is built on: anything for arm64 with Node 22.18 or later as `node` on its path.
   * @default - the one in `proxy/Dockerfile`
   */
  readonly baseImage?: string;

  /**
   * Its digest, `sha256:…`: what is built follows it and not a tag that floats.
   * @default - the context value `agentcore-mcp-proxy:baseImageDigest` for the one in `proxy/Dockerfile`; else none
   */
  readonly baseImageDigest?: string;

  /**
   * `zip` goes without Docker, on the platform's `NODE_22`; MCP over it is unproven.
   * @default 'image'
   */
  readonly artifact?: 'image' | 'zip';
}

export interface EndpointEntry {
  /** `[A-Za-z][A-Za-z0-9_]{0,47}` */
  readonly name: string;
  /** @default - the version that this deployment makes */
  readonly version?: string;
  /** @default - none */
  readonly description?: string;
}

/** The days that CloudWatch Logs takes. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const runtimeName = /^[A-Za-z][A-Za-z0-9_]{0,47}$/;
const RUNTIME_NAME = 'a letter, then up to 47 letters, digits or underscores';
const line = (max: number): Parse<string> =>
  text(new RegExp(`^[^\\p{Cc}]{1,${max}}$`, 'u'), `a line of 1 to ${max} characters`);
const seconds: Parse<number> = (value, place) => {
  if (typeof value === 'number' && value > LIFETIME.longest)
    return place.fault(`expected ${LIFETIME.shortest} to ${LIFETIME.longest} seconds, got ${value} (${MICROVM})`);
  return whole(LIFETIME.shortest, LIFETIME.longest, 'seconds')(value, place);
};

// AgentCore takes ASCII alone, unlike other services.
const tagName = text(
  /^(?!aws:)[a-z0-9\s._:/=+@-]{1,128}$/i,
  "a tag's name: 1 to 128 letters (a to z), digits, spaces or _.:/=+@-, not beginning with aws:",
);
const tagValue = text(
  /^[a-z0-9\s._:/=+@-]{0,256}$/i,
  "a tag's value: up to 256 letters (a to z), digits, spaces or _.:/=+@-",
);

const traces: Parse<'xray' | { readonly otlpEndpoint: string }> = (value, place) => {
  if (value === 'xray') return value;
  return isRecord(value)
    ? object({ otlpEndpoint: needed(httpsUrl()) })(value, place)
    : place.expected('"xray" or an object with otlpEndpoint', value);
};

const endpoint = object({
  name: needed((value, place) =>
    value === 'DEFAULT'
      ? place.fault('expected another name than DEFAULT, which every runtime has of itself')
      : name(value, place),
  ),
  version: optional(text(/^[1-9]\d{0,4}$/, "a version of the runtime in quotes, such as '3'")),
  description: optional(line(256)),
});
const endpoints: Parse<readonly EndpointEntry[]> = (value, place) => {
  const read = listOf(endpoint, 'endpoints')(value, place);
  const names: readonly unknown[] = Array.isArray(value)
    ? value.map((item: unknown) => (isRecord(item) ? item['name'] : undefined))
    : [];
  const again = names.flatMap((name, index) =>
    typeof name === 'string' && names.indexOf(name) < index ? [index] : [],
  );
  for (const index of again)
    place
      .at(index)
      .at('name')
      .fault(`expected names that differ, got ${JSON.stringify(names[index])} twice`);
  return again.length === 0 ? read : undefined;
};

/** Names as text that AWS takes; the stage comes before the name in both the stack's and the runtime's. */
const name = text(runtimeName, RUNTIME_NAME);
const stage = text(/^[A-Za-z][A-Za-z0-9]{0,15}$/, 'a letter, then up to 15 letters or digits');

export const deployment: Parse<Deployment> = object({
  name: needed(name),
  stage: optional(stage),
  account: needed(text(/^\d{12}$/, 'an account id: 12 digits in quotes')),
  region: needed(region),
  config: optional(text(/^[^\0]*\S[^\0]*$/, 'the path of a file that exports defineProxy(…)')),
  upstream: needed(upstream),
  upstreamAuth: optional(upstreamAuth),
  inboundAuth: optional(inboundAuth),
  network: optional(network),
  bindings: optional(
    recordOf(
      text(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "a binding's name: letters, digits and underscores"),
      text(/^[^\0]*$/, 'text'),
      'bindings',
      50,
    ),
  ),
  tags: optional(recordOf(tagName, tagValue, 'tags', 50)),
  endpoints: optional(endpoints),
  callers: optional(callers),
  callersFrom: optional(callersFrom),
  description: optional(line(1200)),
  logRetentionDays: optional(
    oneOf(
      [...RETENTION_DAYS, 'forever'],
      `a number of days that CloudWatch Logs takes (${RETENTION_DAYS.join(', ')}) or "forever"`,
    ),
  ),
  platformVersion: optional(oneOf(['V1', 'V2'])),
  idleTimeoutSeconds: optional(seconds),
  maxLifetimeSeconds: optional(seconds),
  allGateways: optional(flag),
  allowedHosts: optional(
    listOf(text(/^(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/, 'host or host:port'), 'hosts', { min: 1 }),
  ),
  traces: optional(traces),
  dashboard: optional(flag),
  alarmTopicArn: optional(arn(TOPIC)),
  removalPolicy: optional(oneOf(['retain', 'destroy'])),
  baseImage: optional(text(IMAGE, IMAGE_WORDS)),
  baseImageDigest: optional(text(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hexadecimal digits')),
  artifact: optional(oneOf(['image', 'zip'])),
});
