/** One entry of `deployments.ts`: a proxy in one account and region, as a plain object. */
import { TOPIC } from '../arn.ts';
import { COMMON_OPTIONS, type CommonOptions } from '../common-options.ts';
import { lifetime } from '../rules/lifetime.ts';
import { type MembersOf, needed, object, oneOf, optional, type Parse, recordOf, text, textBy } from '../rules/parse.ts';
import { tags } from '../rules/tags.ts';
import { TEXTS } from '../rules/texts.ts';
import { VARIABLE_OPTIONS, type VariableOptions } from '../variable-options.ts';
import { arn } from './arn.ts';
import { type CallersFromEntry, callers, callersFrom } from './callers.ts';
import { type InboundAuthEntry, inboundAuth } from './inbound-auth.ts';
import { type NetworkEntry, network } from './network.ts';
import { region } from './regions.ts';
import { type UpstreamAuthEntry, upstreamAuth } from './upstream-auth.ts';
import { type NamedUpstreamEntry, type UpstreamEntry, upstream, upstreams } from './upstream.ts';

export interface Deployment extends CommonOptions, VariableOptions {
  /** `[A-Za-z][A-Za-z0-9_]{0,47}`. Stage and name together name the stack and the runtime, so each pair is unique. */
  readonly name: string;

  /**
   * `[A-Za-z][A-Za-z0-9]{0,15}`: the first part of the stack's name, so that `cdk deploy 'prod-*'` selects it.
   * @default - none: the stack's name is only `name`
   */
  readonly stage?: string;

  /** Twelve digits. */
  readonly account: string;

  /** One of AWS's regions, such as `eu-west-1`. */
  readonly region: string;

  /**
   * The proxy's config: a path from the folder of the deployments file.
   * @default - `proxy.config.ts` in that folder; else the one in this package, which only audits
   */
  readonly config?: string;

  /**
   * A file with certificates of private authorities (PEM), which are trusted besides the public ones: a path from the folder
   * of the deployments file. It is copied into the image.
   * @default - only public authorities
   */
  readonly caFile?: string;

  /**
   * Where calls go.
   * @default - `upstreams`; one of the two is required
   */
  readonly upstream?: UpstreamEntry;

  /**
   * How the proxy authenticates to the upstream.
   * @default - `iam` if the upstream is on AgentCore, else `none`
   */
  readonly upstreamAuth?: UpstreamAuthEntry;

  /**
   * Instead of `upstream`, if the config has several: one member for each, by the config's names. Each may have `auth`,
   * which is to it what `upstreamAuth` is to `upstream`.
   * @default - `upstream`
   */
  readonly upstreams?: Readonly<Record<string, NamedUpstreamEntry>>;

  /**
   * Who may invoke the proxy.
   * @default 'iam'
   */
  readonly inboundAuth?: InboundAuthEntry;

  /** The network that the runtime is in. @default 'public' */
  readonly network?: NetworkEntry;

  /**
   * Values for what the config's controls need (`node main.mjs --describe` lists them). Don't put secrets here: the
   * values are in the template.
   * @default - none; a table or keyring that a control needs is created
   */
  readonly bindings?: Readonly<Record<string, string>>;

  /**
   * Tags for everything in the stack that accepts tags.
   * @default - none
   */
  readonly tags?: Readonly<Record<string, string>>;

  /**
   * Who else may invoke the proxy, besides principals of the account whose own policies allow it: account ids, and ARNs
   * of IAM roles and users. Those of other accounts need the same permission there. Only with `inboundAuth` `'iam'`.
   * @default - nobody
   */
  readonly callers?: readonly string[];

  /**
   * From where callers may call, whether they sign or send a JWT: through AgentCore's VPC endpoint in one of these
   * VPCs, or through one of these endpoints.
   * @default - from anywhere
   */
  readonly callersFrom?: CallersFromEntry;

  /**
   * How long the runtime's logs are kept: a number of days that CloudWatch Logs accepts, or `'forever'`.
   * @default 180
   */
  readonly logRetentionDays?: number | 'forever';

  /**
   * Platform version of AgentCore Runtime.
   * @default 'V1'
   */
  readonly platformVersion?: 'V1' | 'V2';

  /**
   * The seconds without a call after which a session ends: 60 to 28,800.
   * @default 900
   */
  readonly idleTimeoutSeconds?: number;

  /**
   * The longest lifetime of a session in seconds: 60 to 28,800, the maximum of a microVM.
   * @default 28800
   */
  readonly maxLifetimeSeconds?: number;

  /**
   * The SNS topic that alarms notify, in the same region.
   * @default - alarms without an action
   */
  readonly alarmTopicArn?: string;

  /**
   * What happens to a created table, keyring and user pool when the stack is deleted.
   * @default 'retain'
   */
  readonly removalPolicy?: 'retain' | 'destroy';
}

/** The days that CloudWatch Logs accepts. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Comes before the name in the stack's and the runtime's name. */
const stage = text(/^[A-Za-z][A-Za-z0-9]{0,15}$/, 'a letter, then up to 15 letters or digits');

export const deployment: Parse<Deployment> = object({
  name: needed(textBy(TEXTS.name)),
  stage: optional(stage),
  account: needed(text(/^\d{12}$/, 'an account id: 12 digits in quotes')),
  region: needed(region),
  config: optional(text(/^[^\0]*\S[^\0]*$/, 'the path of a file that exports defineProxy(…)')),
  caFile: optional(text(/^[^\0]*\S[^\0]*$/, 'the path of a file with certificates in PEM')),
  upstream: optional(upstream),
  upstreamAuth: optional(upstreamAuth),
  upstreams: optional(upstreams),
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
  tags: optional(tags),
  callers: optional(callers),
  callersFrom: optional(callersFrom),
  logRetentionDays: optional(
    oneOf(
      [...RETENTION_DAYS, 'forever'],
      `a number of days that CloudWatch Logs accepts (${RETENTION_DAYS.join(', ')}) or "forever"`,
    ),
  ),
  platformVersion: optional(oneOf(['V1', 'V2'])),
  idleTimeoutSeconds: optional(lifetime),
  maxLifetimeSeconds: optional(lifetime),
  alarmTopicArn: optional(arn(TOPIC)),
  removalPolicy: optional(oneOf(['retain', 'destroy'])),
  ...COMMON_OPTIONS,
  ...VARIABLE_OPTIONS,
} satisfies MembersOf<Deployment>);
