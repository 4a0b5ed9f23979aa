/** Options that the construct and an entry of `deployments.ts` share, each declared and checked once. */
import {
  flag,
  isRecord,
  listOf,
  type MembersOf,
  needed,
  object,
  oneOf,
  optional,
  type Parse,
  textBy,
} from './rules/parse.ts';
import { saying, schemaOf } from './rules/schema.ts';
import { TEXTS } from './rules/texts.ts';

/** An endpoint besides `DEFAULT`, pinned to a version of the runtime. */
export interface ProxyEndpoint {
  /** `[A-Za-z][A-Za-z0-9_]{0,47}` */
  readonly name: string;
  /**
   * The runtime's version that it serves.
   * @default - the version that this deployment creates
   */
  readonly version?: string;
  /** @default - none */
  readonly description?: string;
}

export interface CommonOptions {
  /** @default - 'MCP proxy in front of ' and the upstream */
  readonly description?: string;

  /**
   * Endpoints besides `DEFAULT`, each pinned to a version.
   * @default - none
   */
  readonly endpoints?: readonly ProxyEndpoint[];

  /**
   * Allows every gateway of the account if the upstream's URL names none (a custom domain). If you can, give the
   * `gatewayArn` with the URL instead.
   * @default false
   */
  readonly allGateways?: boolean;

  /**
   * A CloudWatch dashboard of calls, denials by control, latency, errors, cold starts, throttles and estimated cost.
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * `image`: an ARM64 container. `zip`: the built folder on the platform's `NODE_22`, without Docker; MCP over it is
   * unproven.
   * @default 'image'
   */
  readonly artifact?: 'image' | 'zip';

  /**
   * The base image of the proxy's image: any image for arm64 with Node 22.18 or later as `node` on its path. Set it to
   * use your own registry or to pin a digest.
   * @default - the one in `proxy/Dockerfile`: Debian's slim image with Node 26
   */
  readonly baseImage?: string;

  /**
   * The digest of that image, `sha256:…`, so that the build follows the digest and not a floating tag. `npm run
   * base-image` looks it up.
   * @default - the context value `agentcore-mcp-proxy:baseImageDigest` for the image in `proxy/Dockerfile`; else none
   */
  readonly baseImageDigest?: string;
}

const endpointName: Parse<string> = saying(
  () => schemaOf(textBy(TEXTS.name)),
  (value, place) => {
    if (value === 'DEFAULT') return place.fault('expected a name other than DEFAULT, which every runtime has');
    // The name is part of the ids of constructs.
    if (place.isLater(value))
      return place.fault('expected a name that is known at synth, got one that is only known at deploy time');
    return textBy(TEXTS.name)(value, place);
  },
);

const endpoint = object({
  name: needed(endpointName),
  version: optional(textBy(TEXTS.endpointVersion)),
  description: optional(textBy(TEXTS.endpointDescription)),
} satisfies MembersOf<ProxyEndpoint>);

const list = listOf(endpoint, 'endpoints');
const endpoints: Parse<readonly ProxyEndpoint[]> = saying(
  () => schemaOf(list),
  (value, place) => {
    const read = list(value, place);
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
  },
);

export const COMMON_OPTIONS = {
  description: optional(textBy(TEXTS.description)),
  endpoints: optional(endpoints),
  allGateways: optional(flag),
  dashboard: optional(flag),
  artifact: optional(oneOf(['image', 'zip'])),
  baseImage: optional(textBy(TEXTS.image)),
  baseImageDigest: optional(textBy(TEXTS.digest)),
} satisfies MembersOf<CommonOptions>;
