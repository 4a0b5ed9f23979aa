/**
 * `tools.lock.json`: what an upstream offers, as a team reviewed it. `npm run tools -- lock` writes it, and the config
 * imports it. Reads it, and checks that each hash is that of the text beside it: a reviewer sees the text, but the proxy
 * compares by hash.
 */
import { hash } from 'node:crypto';
import { kindOf as typeOf } from '../../base/kind-of.ts';
import { listedTool } from '../../call/listed-tool.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { declaredHeaders } from '../shared/declared-headers.ts';
import { byCodeUnits, canonical } from './canonical.ts';
import { KIND_NAMES, type KindName, KINDS } from './kinds.ts';

export const LOCK_VERSION = 1;
export const WRITE_AGAIN = 'write it with npm run tools -- lock';

/** One tool, prompt, resource template or skill. */
export interface LockedEntry {
  /** The client's name: with the prefix of its upstream. */
  readonly name: string;
  readonly upstream: string;
  readonly upstreamName: string;
  /** Of the canonical text of `entry`. */
  readonly sha256: string;
  /** Names of the `Mcp-Param` headers that a tool's schema declares. */
  readonly headers?: readonly string[];
  /** The entry as the client's list shows it. */
  readonly entry: JsonObject;
}

export interface LockedText {
  readonly sha256: string;
  readonly text: string;
}

/** The file's content. */
export interface Lock extends Readonly<Record<KindName, readonly LockedEntry[]>> {
  readonly version: typeof LOCK_VERSION;
  /** The name that the server gives itself; empty if it gives none. */
  readonly server: string;
  /** What else the server says of itself, but for its version: a title, a description. @default - nothing */
  readonly serverInfo?: JsonObject;
  /** What stands before the names of each upstream, by the upstream's name in the config. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** The server's instructions, which may differ by era of the client; empty if it has none. */
  readonly instructions: readonly LockedText[];
}

const MEMBERS: readonly string[] = ['version', 'server', 'serverInfo', 'upstreams', 'instructions', ...KIND_NAMES];
const ENTRY: readonly string[] = ['name', 'upstream', 'upstreamName', 'sha256', 'headers', 'entry'];
/** Faults that one error shows. */
const SHOWN = 5;

export function sha256Of(text: string): string {
  return hash('sha256', text);
}

/** Reads a lock; undefined if `faults` got some. */
export function lockOf(given: unknown, faults: string[]): Lock | undefined {
  if (!isObject(given)) {
    faults.push(
      `lock: expected the content of tools.lock.json, imported with { type: 'json' }, got ${typeOf(given)}: ${WRITE_AGAIN}`,
    );
    return undefined;
  }
  if (given['version'] !== LOCK_VERSION) {
    faults.push(
      `lock.version: expected ${LOCK_VERSION}, got ${JSON.stringify(given['version']) ?? 'nothing'}: ${WRITE_AGAIN}`,
    );
    return undefined;
  }
  const found = faultsIn(given);
  faults.push(...found.slice(0, SHOWN));
  if (found.length > SHOWN) faults.push(`lock: and ${found.length - SHOWN} more`);
  return found.length === 0 && isChecked(given) ? given : undefined;
}

/** {@link faultsIn} has found nothing. */
function isChecked(given: JsonObject): given is JsonObject & Lock {
  return given['version'] === LOCK_VERSION;
}

function faultsIn(lock: JsonObject): string[] {
  const faults = unknownMembers(lock, MEMBERS, 'lock');
  const { server, serverInfo, upstreams, instructions } = lock;
  if (serverInfo !== undefined && !isObject(serverInfo))
    faults.push(`lock.serverInfo: expected an object, got ${typeOf(serverInfo)}: ${WRITE_AGAIN}`);
  if (typeof server !== 'string') faults.push(`lock.server: expected a name, got ${typeOf(server)}`);
  if (!isObject(upstreams) || Object.values(upstreams).some((prefix) => typeof prefix !== 'string'))
    faults.push(`lock.upstreams: expected a prefix for each upstream, got ${typeOf(upstreams)}`);
  if (!Array.isArray(instructions) || !instructions.every(isLockedText))
    faults.push(`lock.instructions: expected texts, each with its sha256, got something else: ${WRITE_AGAIN}`);
  const prefixes = isObject(upstreams) ? upstreams : {};
  for (const kind of KIND_NAMES) faults.push(...entryFaults(lock[kind], kind, prefixes));
  return faults;
}

/** The `Mcp-Param` headers that a tool's schema declares. */
export function headersOf(entry: JsonObject): readonly string[] {
  const tool = listedTool(entry);
  return tool === undefined ? [] : declaredHeaders(tool).toSorted(byCodeUnits);
}

/** Whether a client's name is that of an upstream's, as `docs/several-upstreams.md` says. */
function isNameOf(
  kind: KindName,
  name: string,
  own: string,
  upstream: JsonValue | undefined,
  prefixes: JsonObject,
): boolean {
  if (typeof upstream !== 'string') return false;
  if (kind === 'resourceTemplates' || kind === 'skills') return name === own || name === `${upstream}+${own}`;
  const prefix = prefixes[upstream];
  const whole = `${typeof prefix === 'string' ? prefix : ''}${own}`;
  const digest = `_${sha256Of(whole).slice(0, 8)}`;
  return name === whole || (name.endsWith(digest) && whole.startsWith(name.slice(0, -digest.length)));
}

function entryFaults(entries: JsonValue | undefined, kind: KindName, prefixes: JsonObject): string[] {
  if (!Array.isArray(entries)) return [`lock.${kind}: expected a list, got ${typeOf(entries)}: ${WRITE_AGAIN}`];
  const seen = new Set<string>();
  return (entries as readonly JsonValue[]).flatMap((given, i) => {
    const where = `lock.${kind}[${i}]`;
    if (!isObject(given)) return [`${where}: expected an object, got ${typeOf(given)}`];
    const { name, upstream, upstreamName, sha256, headers, entry } = given;
    const unknown = unknownMembers(given, ENTRY, where);
    if (typeof name !== 'string' || typeof upstreamName !== 'string' || !isObject(entry) || !isTexts(headers))
      return [...unknown, `${where}: expected a name, an upstreamName and an entry, got something else`];
    if (seen.has(name)) unknown.push(`${where}: expected each name once, got ${JSON.stringify(name)} twice`);
    seen.add(name);
    if (!isNameOf(kind, name, upstreamName, upstream, prefixes))
      unknown.push(
        `${where}.upstreamName: expected the name behind the upstream's prefix, got another: ${WRITE_AGAIN}`,
      );
    const declared = kind === 'tools' ? headersOf(entry) : [];
    if ((headers ?? []).join() !== declared.join())
      unknown.push(
        `${where}.headers: expected those that the entry's schema declares (${declared.join(', ') || 'none'}), got others: ${WRITE_AGAIN}`,
      );
    if (typeof upstream !== 'string' || !Object.hasOwn(prefixes, upstream))
      unknown.push(`${where}.upstream: expected one of lock.upstreams, got ${JSON.stringify(upstream)}`);
    if (entry[KINDS[kind].key] !== name)
      unknown.push(`${where}.entry.${KINDS[kind].key}: expected the name of the entry, got another`);
    if (kind === 'tools' && listedTool(entry) !== entry)
      unknown.push(`${where}.entry: expected a tool as MCP defines it, got members of other types`);
    if (sha256 !== sha256Of(canonical(entry)))
      unknown.push(
        `${where}.sha256: expected the hash of the entry ${JSON.stringify(name)}, got another: the file was changed by hand or by a merge; ${WRITE_AGAIN}`,
      );
    return unknown;
  });
}

function isLockedText(value: JsonValue): boolean {
  return isObject(value) && typeof value['text'] === 'string' && value['sha256'] === sha256Of(value['text']);
}

function isTexts(value: JsonValue | undefined): value is readonly string[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every((each) => typeof each === 'string'));
}

function unknownMembers(given: JsonObject, known: readonly string[], where: string): string[] {
  return Object.keys(given).flatMap((key) =>
    known.includes(key) ? [] : [`${where}: expected ${known.join(', ')}, got ${JSON.stringify(key)}`],
  );
}
