/** Reads the file that a person gives: a call in any of the forms in which people have one. */
import { readFile } from 'node:fs/promises';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import { FORMAT, MAGIC, parseRecord, type RecordedCall, type TrafficRecord } from '../../../traffic/format.ts';
import { fromHere } from '../../from-here.ts';
import { OptionError } from '../../option-error.ts';
import { isCurl, readCurl } from './curl.ts';

type Header = readonly [name: string, value: string];

/** A request that a client sends. */
export interface GivenRequest {
  readonly kind: 'request';
  readonly headers: readonly Header[];
  readonly body: string;
  /** Claims, or a name. */
  readonly caller: JsonObject | string | undefined;
}

/** A call of a record, with what the upstream answered. */
export interface GivenRecord {
  readonly kind: 'record';
  readonly record: TrafficRecord;
  readonly call: number;
}

const EXPECTED =
  'expected a JSON-RPC request, { "headers": {…}, "body": {…} }, a curl command, or a call of a record (npm start -- --record)';

/** Throws `OptionError`. */
export async function readGiven(file: string, call: string | undefined): Promise<GivenRequest | GivenRecord> {
  const text = await readInput(file);
  if (isCurl(text)) return { kind: 'request', ...readCurl(text), caller: undefined };
  if (text.trimStart().startsWith(`{"record":`)) return oneOf(parseRecord(text, file), call);
  const value = objectIn(text);
  if (value === undefined) throw new OptionError([`CALL: ${EXPECTED}; ${file} is none of them`]);
  if (isRecorded(value)) return alone(value);
  if ('jsonrpc' in value || 'method' in value)
    return { kind: 'request', headers: [], body: text.trim(), caller: undefined };
  const { headers, body, caller } = value;
  const sent =
    typeof body === 'string' ? body : isObject(body) || Array.isArray(body) ? JSON.stringify(body) : undefined;
  if (sent === undefined) throw new OptionError([`CALL: ${EXPECTED}; got an object without jsonrpc and without body`]);
  return {
    kind: 'request',
    headers: isObject(headers)
      ? Object.entries(headers).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one] as const] : []))
      : [],
    body: sent,
    caller: typeof caller === 'string' || isObject(caller) ? caller : undefined,
  };
}

async function readInput(file: string): Promise<string> {
  if (file === '-') {
    let text = '';
    for await (const chunk of process.stdin) text += String(chunk);
    return text;
  }
  return readFile(fromHere(file), 'utf8').catch(() => {
    throw new OptionError([`CALL: expected a file at ${fromHere(file)}, found none that can be read`]);
  });
}

function oneOf(record: TrafficRecord, wanted: string | undefined): GivenRecord {
  const [only] = record.calls;
  const number = wanted === undefined ? (record.calls.length === 1 ? only?.call : undefined) : Number(wanted);
  const found = record.calls.find(({ call }) => call === number);
  if (found === undefined)
    throw new OptionError([
      `--call: expected the number of one of the ${record.calls.length} calls of the record, got ${wanted ?? 'none'}`,
    ]);
  return { kind: 'record', record, call: found.call };
}

/** One line of a record. Lists that it doesn't have are unknown. */
function alone(call: RecordedCall): GivenRecord {
  const record: TrafficRecord = {
    head: {
      record: MAGIC,
      format: FORMAT,
      proxy: '',
      began: new Date(0).toISOString(),
      values: 'redacted',
      keeps: [],
      controls: [],
      upstreams: [],
    },
    calls: [call],
    expected: new Map(),
  };
  return { kind: 'record', record, call: call.call };
}

function isRecorded(value: JsonObject): value is JsonObject & RecordedCall {
  return (
    typeof value['call'] === 'number' &&
    Array.isArray(value['asked']) &&
    isObject(value['sent']) &&
    isObject(value['claims'])
  );
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
