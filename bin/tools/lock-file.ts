/** `tools.lock.json`: makes its text, and reads it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { printable } from '../../proxy/base/printable.ts';
import { listedTool } from '../../proxy/call/listed-tool.ts';
import { byCodeUnits, canonical } from '../../proxy/controls/tool-lock/canonical.ts';
import { type KindName, KINDS } from '../../proxy/controls/tool-lock/kinds.ts';
import {
  headersOf,
  type Lock,
  LOCK_VERSION,
  type LockedEntry,
  lockOf,
  sha256Of,
} from '../../proxy/controls/tool-lock/lock.ts';
import { lockable } from '../../proxy/controls/tool-lock/lockable.ts';
import { checkJson } from '../../proxy/json/strict.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { fromHere } from '../from-here.ts';
import { OptionError } from '../option-error.ts';
import { PROJECT } from '../project.ts';
import { LiveError } from './live.ts';
import type { Offered } from './upstreams.ts';

const FILE = 'tools.lock.json';

/** The lock's path: as given, or beside the config. */
export function lockPath(given: string | undefined, config: string | undefined): string {
  if (given !== undefined) return fromHere(given);
  return join(config === undefined ? PROJECT : dirname(fromHere(config)), FILE);
}

export function lockOfOffered({ live, upstreams, originOf }: Offered): Lock {
  const { server, serverInfo, instructions } = live;
  const entries = (kind: KindName): LockedEntry[] =>
    [...live[kind]]
      .toSorted(([one], [other]) => byCodeUnits(one, other))
      .map(([name, entry]) => lockedOf(kind, name, entry, originOf(kind, name)));
  return {
    version: LOCK_VERSION,
    server,
    ...(Object.keys(serverInfo).length === 0 ? {} : { serverInfo }),
    upstreams,
    instructions: instructions.map((text) => ({ sha256: sha256Of(text), text })),
    tools: entries('tools'),
    prompts: entries('prompts'),
    resourceTemplates: entries('resourceTemplates'),
    skills: entries('skills'),
  };
}

function lockedOf(
  kind: KindName,
  name: string,
  given: JsonObject,
  { upstream, upstreamName }: { readonly upstream: string; readonly upstreamName: string },
): LockedEntry {
  const entry = kind === 'tools' ? lockable(given) : given;
  const tool = kind === 'tools' ? listedTool(entry) : undefined;
  // The proxy can't compare what it has to correct first.
  if (kind === 'tools' && tool !== entry)
    throw new LiveError(
      `${KINDS[kind].word} ${JSON.stringify(name)}: expected members of the types that MCP defines, such as an inputSchema that is an object; got others`,
    );
  const headers = kind === 'tools' ? headersOf(entry) : [];
  return {
    name,
    upstream,
    upstreamName,
    sha256: sha256Of(canonical(entry)),
    ...(headers.length === 0 ? {} : { headers }),
    entry,
  };
}

/** The file's text: keys in one order, one member a line, and no character that a reviewer can't see. */
export function lockText(lock: Lock): string {
  const { version, server, serverInfo, upstreams, instructions } = lock;
  const entries = (kind: KindName): JsonValue =>
    lock[kind].map(({ name, upstream, upstreamName, sha256, headers, entry }) => ({
      name,
      upstream,
      upstreamName,
      sha256,
      ...(headers === undefined ? {} : { headers }),
      entry: sorted(entry),
    }));
  const ordered = {
    version,
    server,
    ...(serverInfo === undefined ? {} : { serverInfo: sorted(serverInfo) }),
    upstreams: sorted(upstreams),
    instructions: instructions.map(({ sha256, text }) => ({ sha256, text })),
    tools: entries('tools'),
    prompts: entries('prompts'),
    resourceTemplates: entries('resourceTemplates'),
    skills: entries('skills'),
  };
  return `${printableLines(JSON.stringify(ordered, null, 2))}\n`;
}

/** Only line ends, which separate members here, stay as they are. */
function printableLines(json: string): string {
  return json.split('\n').map(printable).join('\n');
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>);
  // Object.fromEntries also defines a member named __proto__.
  return Object.fromEntries(
    members.toSorted(([one], [other]) => byCodeUnits(one, other)).map(([key, member]) => [key, sorted(member)]),
  );
}

/** Reads a lock. Throws `OptionError`. */
export function readLock(path: string): Lock {
  if (!existsSync(path))
    throw new OptionError([`expected a lock at ${path}, found nothing: write it with npm run tools -- lock`]);
  let given: unknown;
  try {
    const text = readFileSync(path, 'utf8');
    given = JSON.parse(text);
    // A reviewer may see the first of two members with one name, and readers take the last.
    checkJson(text);
  } catch (error) {
    throw new OptionError([
      `${path}: expected JSON, got something else: ${error instanceof Error ? error.message : ''}`,
    ]);
  }
  const faults: string[] = [];
  const lock = lockOf(given, faults);
  if (lock === undefined) throw new OptionError(faults.map((fault) => `${path}: ${fault}`));
  return lock;
}
