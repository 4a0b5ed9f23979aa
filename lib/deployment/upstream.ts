/** `upstream` of an entry: where calls go. */
import { GATEWAY, RUNTIME } from '../arn.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { isRecord, type MembersOf, needed, object, optional, type Parse, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { TEXTS } from '../rules/texts.ts';
import { gatewayPathFault, otherGatewayFault, reachFault } from '../url.ts';
import { arn, checkHome, type Home } from './arn.ts';

export interface GatewayUpstream {
  /** An AgentCore gateway: `arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID`. */
  readonly gatewayArn: string;
}

export interface RuntimeUpstream {
  /** An MCP server on AgentCore Runtime: `arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID`. */
  readonly runtimeArn: string;
  /**
   * The runtime's endpoint.
   * @default 'DEFAULT'
   */
  readonly qualifier?: string;
}

export interface UrlUpstream {
  /** Any MCP endpoint. For an AgentCore gateway, its own URL or one with a custom domain. */
  readonly url: string;
  /**
   * The gateway behind the URL, for the execution role.
   * @default - derived from the URL if that names a gateway
   */
  readonly gatewayArn?: string;
}

export type UpstreamEntry = GatewayUpstream | RuntimeUpstream | UrlUpstream;

const atGateway = object({ gatewayArn: needed(arn(GATEWAY)) } satisfies MembersOf<GatewayUpstream>);
const atRuntime = object({
  runtimeArn: needed(arn(RUNTIME)),
  qualifier: optional(textBy(TEXTS.qualifier)),
} satisfies MembersOf<RuntimeUpstream>);
const atUrl = object({
  url: needed(httpsUrl((url) => reachFault(url) ?? gatewayPathFault(url))),
  gatewayArn: optional(arn(GATEWAY)),
} satisfies MembersOf<UrlUpstream>);

export const upstream: Parse<UpstreamEntry> = (value, place) => {
  const kinds = 'gatewayArn, runtimeArn or url';
  if (!isRecord(value)) return place.expected(`an object with ${kinds}`, value);
  if (value['runtimeArn'] !== undefined) return atRuntime(value, place);
  if (value['url'] !== undefined) return atUrl(value, place);
  if (value['gatewayArn'] !== undefined) return atGateway(value, place);
  const [other] = Object.keys(value);
  return place.fault(
    `expected ${kinds}, got ${other === undefined ? 'none of them' : `only ${JSON.stringify(other)}`}`,
  );
};

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
}
