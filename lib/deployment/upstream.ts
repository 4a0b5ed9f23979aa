/** `upstream` and `upstreams` of an entry: where calls go. */
import { MAX_UPSTREAMS } from '../../proxy/config/upstream-name.ts';
import { GATEWAY, RUNTIME } from '../arn.ts';
import { webUrl } from '../rules/https-url.ts';
import { isRecord, type MembersOf, needed, object, optional, type Parse, recordOf, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { saying, type Schema, schemaOf } from '../rules/schema.ts';
import { TEXTS } from '../rules/texts.ts';
import { gatewayPathFault, otherGatewayFault, reachFault } from '../url.ts';
import { arn, checkHome, type Home } from './arn.ts';
import { checkSecret, SECRET_MEMBERS, type SecretEntry } from './secret.ts';
import { type UpstreamAuthEntry, upstreamAuth } from './upstream-auth.ts';

export interface ConnectionEntry {
  /**
   * The secret with a client certificate and its private key, as PEM or JSON: shown to the upstream and to its token
   * endpoint if they ask for one.
   * @default - none
   */
  readonly clientCertificate?: SecretEntry;
}

export interface GatewayUpstream extends ConnectionEntry {
  /** An AgentCore gateway: `arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID`. */
  readonly gatewayArn: string;
}

export interface RuntimeUpstream extends ConnectionEntry {
  /** An MCP server on AgentCore Runtime: `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`. */
  readonly runtimeArn: string;
  /**
   * The runtime's endpoint.
   * @default 'DEFAULT'
   */
  readonly qualifier?: string;
}

export interface UrlUpstream extends ConnectionEntry {
  /** Any MCP endpoint. For an AgentCore gateway, its own URL or one with a custom domain. */
  readonly url: string;
  /**
   * The gateway behind the URL, for the execution role.
   * @default - derived from the URL if that names a gateway
   */
  readonly gatewayArn?: string;
}

export type UpstreamEntry = GatewayUpstream | RuntimeUpstream | UrlUpstream;

export interface Authenticated {
  /**
   * How the proxy authenticates there.
   * @default - `iam` if the upstream is on AgentCore, else `none`
   */
  readonly auth?: UpstreamAuthEntry;
}

/** One of several upstreams. */
export type NamedUpstreamEntry = UpstreamEntry & Authenticated;

const CONNECTION = { clientCertificate: optional(object(SECRET_MEMBERS)) } satisfies MembersOf<ConnectionEntry>;
const AT_GATEWAY = { gatewayArn: needed(arn(GATEWAY)), ...CONNECTION } satisfies MembersOf<GatewayUpstream>;
const AT_RUNTIME = {
  runtimeArn: needed(arn(RUNTIME)),
  qualifier: optional(textBy(TEXTS.qualifier)),
  ...CONNECTION,
} satisfies MembersOf<RuntimeUpstream>;
const AT_URL = {
  url: needed(webUrl((url) => reachFault(url) ?? gatewayPathFault(url))),
  gatewayArn: optional(arn(GATEWAY)),
  ...CONNECTION,
} satisfies MembersOf<UrlUpstream>;
const AUTHENTICATED = { auth: optional(upstreamAuth) } satisfies MembersOf<Authenticated>;

export const upstream: Parse<UpstreamEntry> = oneOfKinds(object(AT_GATEWAY), object(AT_RUNTIME), object(AT_URL));

export const upstreams: Parse<Readonly<Record<string, NamedUpstreamEntry>>> = recordOf<NamedUpstreamEntry>(
  textBy(TEXTS.upstreamName),
  oneOfKinds(
    object({ ...AT_GATEWAY, ...AUTHENTICATED }),
    object({ ...AT_RUNTIME, ...AUTHENTICATED }),
    object({ ...AT_URL, ...AUTHENTICATED }),
  ),
  'upstreams',
  MAX_UPSTREAMS,
);

function oneOfKinds<Gateway, Runtime, Url>(
  atGateway: Parse<Gateway>,
  atRuntime: Parse<Runtime>,
  atUrl: Parse<Url>,
): Parse<Gateway | Runtime | Url> {
  const anyKind = (): Schema => ({ anyOf: [schemaOf(atGateway), schemaOf(atRuntime), schemaOf(atUrl)] });
  return saying(anyKind, (value, place) => {
    const kinds = 'gatewayArn, runtimeArn or url';
    if (!isRecord(value)) return place.expected(`an object with ${kinds}`, value);
    if (value['runtimeArn'] !== undefined) return atRuntime(value, place);
    if (value['url'] !== undefined) return atUrl(value, place);
    if (value['gatewayArn'] !== undefined) return atGateway(value, place);
    const [other] = Object.keys(value);
    return place.fault(
      `expected ${kinds}, got ${other === undefined ? 'none of them' : `only ${JSON.stringify(other)}`}`,
    );
  });
}

export function checkUpstream(entry: UpstreamEntry, home: Home, place: Place): void {
  if ('runtimeArn' in entry)
    checkHome(
      entry.runtimeArn,
      home,
      place.at('runtimeArn'),
      "that runtime's resource policy must allow the execution role",
    );
  else if (entry.gatewayArn !== undefined)
    checkHome(
      entry.gatewayArn,
      home,
      place.at('gatewayArn'),
      "that gateway's resource policy must allow the execution role",
    );
  const other = 'url' in entry && entry.gatewayArn !== undefined && otherGatewayFault(entry.url, entry.gatewayArn);
  if (typeof other === 'string') place.at('gatewayArn').fault(other);
  if (entry.clientCertificate !== undefined) checkSecret(entry.clientCertificate, home, place.at('clientCertificate'));
}
