/** What several upstreams say of themselves, as one server: the results of `initialize` and `server/discover`. */
import { SELF } from '../base/self.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { capabilities, discovered, resultMeta } from './shapes.ts';

/** Member of `_meta` that says who answered (2026-07-28): the proxy, if the answer is made of several. */
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** One upstream's result. */
export interface Said {
  readonly upstream: string;
  readonly result: JsonObject;
}

/**
 * Capabilities are united: what one upstream can do, the proxy can. Of two values that can't be united, the first in the
 * config counts.
 */
export function united(offered: readonly JsonObject[]): JsonObject {
  const all: Record<string, JsonValue> = {};
  for (const each of offered) {
    for (const [key, value] of Object.entries(each)) {
      if (value === undefined) continue;
      const before = all[key];
      if (isObject(before) && isObject(value)) all[key] = united([before, value]);
      else if (before === undefined || before === false) all[key] = value;
    }
  }
  return all;
}

/**
 * Each upstream's instructions under its name, in the order of the config. They are quoted, so that none of their lines can
 * pass for the heading of another upstream.
 */
export function instructionsOf(said: readonly Said[]): string | undefined {
  const parts = said.flatMap(({ upstream, result }) =>
    typeof result['instructions'] === 'string' && result['instructions'] !== ''
      ? [`# ${upstream}\n\n${quoted(result['instructions'])}`]
      : [],
  );
  return parts.length === 0 ? undefined : parts.join('\n\n');
}

/** Whatever a reader might take for the end of a line. */
const LINE_END = /\r\n|[\n\v\f\r\x85\u2028\u2029]/;

function quoted(text: string): string {
  return text
    .split(LINE_END)
    .map((line) => `> ${line}`)
    .join('\n');
}

/** The result of `initialize`: the earliest version that an upstream chose. @param said at least one */
export function initializeResult(said: readonly Said[]): JsonObject & { readonly protocolVersion: string } {
  const versions = said.flatMap(({ result }) =>
    typeof result['protocolVersion'] === 'string' ? [result['protocolVersion']] : [],
  );
  const instructions = instructionsOf(said);
  return {
    protocolVersion: versions.toSorted()[0] ?? '2025-03-26',
    capabilities: united(said.map(({ result }) => capabilities(result['capabilities'] ?? {}) ?? {})),
    serverInfo: SELF,
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/**
 * The result of `server/discover`: the versions that all upstreams speak, the shortest time to live, the most private
 * scope. Other members are the first upstream's. @param said at least one
 */
export function discoverResult(said: readonly Said[]): JsonObject {
  const [first] = said;
  const versions = said.map(({ result }) => listOf(result['supportedVersions']));
  const shared = (versions[0] ?? []).filter((version) => versions.every((each) => each.includes(version)));
  const instructions = instructionsOf(said);
  const ttls = said.flatMap(({ result: { ttlMs } }) =>
    typeof ttlMs === 'number' ? [Math.max(0, Math.floor(ttlMs))] : [],
  );
  const { instructions: _, cacheScope: __, ttlMs: ___, _meta: meta, ...others } = first?.result ?? {};
  const scope = scopeOfAll(said.map(({ result }) => result['cacheScope']));
  return {
    ...discovered(others),
    supportedVersions: shared.length > 0 ? shared : (versions[0] ?? []),
    capabilities: united(said.map(({ result }) => capabilities(result['capabilities'] ?? {}) ?? {})),
    ...(others['serverInfo'] === undefined ? {} : { serverInfo: SELF }),
    ...(isObject(meta) ? { _meta: withServerInfo(resultMeta(meta) ?? {}) } : {}),
    ...(instructions === undefined ? {} : { instructions }),
    ...(ttls.length === 0 ? {} : { ttlMs: Math.min(...ttls) }),
    ...(scope === undefined ? {} : { cacheScope: scope }),
  };
}

function withServerInfo(meta: JsonObject): JsonObject {
  return meta[SERVER_INFO] === undefined ? meta : { ...meta, [SERVER_INFO]: SELF };
}

/** `public` only if all say so; undefined if none says anything. */
export function scopeOfAll(scopes: readonly (JsonValue | undefined)[]): string | undefined {
  if (scopes.every((scope) => scope === undefined)) return undefined;
  return scopes.every((scope) => scope === 'public') ? 'public' : 'private';
}

function listOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter((item) => typeof item === 'string') : [];
}
