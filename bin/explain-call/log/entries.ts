/** The lines of a log, wherever they come from: the process itself, CloudWatch's exports and queries, a container's log driver. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import { fromHere } from '../../from-here.ts';
import { OptionError } from '../../option-error.ts';
import { objectIn } from '../object-in.ts';

export interface Line {
  readonly text: string;
  /** Undefined: it is no JSON object. */
  readonly entry: JsonObject | undefined;
}

/** Longer texts without a line end are no log. */
const LONGEST = 64 * 1024 * 1024;

/** @param file a path; `-`: standard input. A gzip file is read as what it holds. Throws `OptionError`. */
export async function* linesOf(file: string): AsyncGenerator<Line> {
  let document = '';
  let isDocument: boolean | undefined;
  for await (const text of textLinesOf(file)) {
    isDocument ??= /^\s*(?:[[{]\s*$|\[)/.test(text) || /^\s*\{"(?:events|results|searchedLogStreams)"/.test(text);
    if (!isDocument) {
      if (text.trim() !== '') yield lineOf(text);
      continue;
    }
    document += `${text}\n`;
    if (document.length > LONGEST)
      throw new OptionError([`--log: expected lines of a log in ${file}, got one long document`]);
  }
  if (document !== '') yield* inDocument(document);
}

async function* textLinesOf(file: string): AsyncGenerator<string> {
  const path = fromHere(file);
  try {
    const input = file === '-' ? process.stdin : createReadStream(path);
    let first = true;
    let isZipped = false;
    const peeked = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of input as AsyncIterable<Buffer>) {
        if (first) isZipped = chunk[0] === 0x1f && chunk[1] === 0x8b;
        first = false;
        yield chunk;
      }
    };
    const chunks = peeked();
    const head = await chunks.next();
    if (head.done === true) return;
    const all = async function* (): AsyncGenerator<Buffer> {
      yield head.value;
      yield* chunks;
    };
    const { Readable } = await import('node:stream');
    const bytes = Readable.from(all());
    yield* createInterface({ input: isZipped ? bytes.pipe(createGunzip()) : bytes, crlfDelay: Infinity });
  } catch (error) {
    throw new OptionError([`--log: can't read ${path}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** A whole answer of CloudWatch's API: events, or rows of a query. */
function* inDocument(text: string): Generator<Line> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    for (const line of text.split('\n')) if (line.trim() !== '') yield lineOf(line);
    return;
  }
  const list = Array.isArray(value) ? value : isObject(value) ? (value['events'] ?? value['results'] ?? [value]) : [];
  for (const row of Array.isArray(list) ? (list as unknown[]) : []) {
    if (Array.isArray(row)) {
      const fields = row.flatMap((field: unknown) =>
        isObject(field) && typeof field['field'] === 'string' ? [[field['field'], field['value']] as const] : [],
      );
      yield unwrapped(Object.fromEntries(fields), JSON.stringify(row));
    } else if (isObject(row)) yield unwrapped(row, JSON.stringify(row));
  }
}

function lineOf(text: string): Line {
  const at = text.indexOf('{');
  // A prefix is the time that an export or a container's runtime adds.
  for (const part of at > 0 ? [text, text.slice(at)] : [text]) {
    const entry = objectIn(part);
    if (entry !== undefined) return unwrapped(entry, text);
  }
  return { text, entry: undefined };
}

const WRAPPERS = ['message', '@message', 'log', 'data', 'body'] as const;

/** What is inside the envelopes of log drivers, exports and CloudEvents. */
function unwrapped(entry: JsonObject, text: string, depth = 0): Line {
  for (const name of WRAPPERS) {
    const inner: JsonValue | undefined = entry[name];
    const object = typeof inner === 'string' ? objectIn(inner.slice(Math.max(0, inner.indexOf('{')))) : inner;
    if (isObject(object) && depth < 4) return unwrapped(object, text, depth + 1);
  }
  return { text, entry: ofOcsf(entry) ?? entry };
}

/** OCSF's API Activity, as this proxy's own line. */
function ofOcsf({ class_uid, metadata, unmapped, ...rest }: JsonObject): JsonObject | undefined {
  if (class_uid !== 6003 || !isObject(metadata)) return undefined;
  const uid = typeof metadata['uid'] === 'string' ? metadata['uid'] : '';
  const member = (of: JsonValue | undefined, name: string): JsonValue | undefined =>
    isObject(of) ? of[name] : undefined;
  const { api, actor, time, resources, trace, status_code: code, status_detail: detail, message } = rest;
  const first: JsonValue | undefined = Array.isArray(resources) ? (resources as readonly JsonValue[])[0] : undefined;
  const event = uid.slice(uid.lastIndexOf('.') + 1);
  const found: Record<string, JsonValue | undefined> = {
    event,
    time: typeof time === 'number' ? new Date(time).toISOString() : undefined,
    id: metadata['correlation_uid'] ?? uid.slice(0, Math.max(0, uid.lastIndexOf('.'))),
    caller: member(member(actor, 'user'), 'uid'),
    // What was refused before it became a call has none of MCP.
    method: event === 'refused' ? undefined : member(api, 'operation'),
    name: member(first, 'name'),
    era: member(api, 'version'),
    outcome: detail,
    code,
    why: message,
    decisions: member(unmapped, 'decisions'),
    trace: member(trace, 'uid'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
