/** A record of traffic: one JSON object a line. The first is the head; then calls in the order of their end, and what is expected of them. */
import { isObject } from '../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../proxy/json/value.ts';

/** A reader refuses any other. */
export const FORMAT = 1;
export const MAGIC = 'agentcore-mcp-proxy';

export interface Head {
  readonly record: typeof MAGIC;
  readonly format: typeof FORMAT;
  /** Version of the proxy that wrote it. */
  readonly proxy: string;
  /** ISO 8601. */
  readonly began: string;
  readonly values: 'redacted' | 'clear';
  /** Members whose values were kept. */
  readonly keeps: readonly string[];
  readonly controls: readonly string[];
  readonly upstreams: readonly string[];
}

/** One request to an upstream, and its answer. */
export interface Asked {
  readonly upstream: string;
  readonly http: string;
  /** The proxy made it itself: a list, a handshake. */
  readonly own?: true;
  /** The body. Undefined: none, or that of the client's message. */
  readonly text?: string;
  readonly status?: number;
  readonly type?: string;
  /** A label in place of the session's id that the upstream gave. */
  readonly session?: string;
  /** The body as it arrived: milliseconds since the record began, and text. */
  readonly pieces?: readonly (readonly [ms: number, text: string])[];
  /** Milliseconds since the record began, when the head of the answer arrived. */
  readonly at: number;
  /** The code of the failure, if there was no answer. */
  readonly failed?: string;
  /** The answer broke off. */
  readonly cut?: true;
}

/** What one control did to one message: a member that is new, has another value, or (without `to`) is gone. */
export interface Change {
  readonly at: string;
  readonly to?: JsonValue;
}

export interface ControlDecided {
  readonly control: string;
  /** `pass`, `answer`, or the code of its refusal. Undefined: the call did not get to it. */
  readonly decision?: string;
  /** What it would do if it were not audit-only. */
  readonly would?: string;
  /** What it noted about why. For people: it is not compared. */
  readonly rule?: string;
  readonly request?: readonly Change[];
  readonly reply?: readonly Change[];
}

export interface Decided {
  readonly outcome: string;
  /** The control that refused it. */
  readonly by?: string;
  /** The error that the client got from the proxy. */
  readonly told?: string;
  readonly controls: readonly ControlDecided[];
  /** Why parts of it can't be told from this record. */
  readonly unsure?: readonly string[];
  /** Requests to upstreams that it has no answer to. */
  readonly unknown?: readonly string[];
}

/** Headers of the client's request that later parts of the proxy read. */
export interface Sent {
  readonly accept?: string;
  readonly version?: string;
  readonly lastEventId?: string;
  readonly derive?: true;
  readonly mirrorMethod?: true;
  readonly mirrorName?: true;
  /** A label of the session. */
  readonly session?: string;
  readonly platform?: string;
}

export interface RecordedCall {
  readonly call: number;
  /** Milliseconds since the record began. */
  readonly at: number;
  readonly end: number;
  readonly kind: 'request' | 'notification' | 'response' | 'stream' | 'end';
  readonly era: 'legacy' | 'modern';
  readonly method: string;
  readonly text?: string;
  readonly sent: Sent;
  readonly claims: JsonObject;
  readonly asked: readonly Asked[];
  /** The code with which the call failed before it was sent, beneath all controls. */
  readonly unsent?: string;
  readonly status: number;
  readonly type?: string;
  /** The body that the client got. Undefined: none, or that of the upstream's answer. */
  readonly gave?: string;
  /** A label of the session that this call opened for the client. */
  readonly opened?: string;
  /** What was decided when it passed. */
  readonly decided: Decided;
  /** Its texts were too long to keep: it can't be replayed. */
  readonly tooLong?: true;
}

/** What a replay with the same config decides. Written when the record is closed, or with `--accept`. */
export interface Expected extends Decided {
  readonly expect: number;
}

export interface TrafficRecord {
  readonly head: Head;
  readonly calls: readonly RecordedCall[];
  readonly expected: ReadonlyMap<number, Decided>;
}

/** A file that is no record, or one of another format. */
export class NotARecord extends Error {}

/** @param file for messages */
export function parseRecord(text: string, file: string): TrafficRecord {
  const [first = '', ...rest] = text.split('\n');
  const head = objectIn(first);
  if (head?.['record'] !== MAGIC)
    throw new NotARecord(`${file}: expected a record of npm start -- --record, got another file`);
  if (head['format'] !== FORMAT)
    throw new NotARecord(
      `${file}: expected a record of format ${FORMAT}, got format ${JSON.stringify(head['format'])}`,
    );
  const calls: RecordedCall[] = [];
  const expected = new Map<number, Decided>();
  rest.forEach((line, i) => {
    if (line.trim() === '') return;
    const value = objectIn(line);
    if (value !== undefined && isCall(value)) calls.push(value);
    else if (value !== undefined && isExpected(value)) {
      const { expect, ...decided } = value;
      expected.set(expect, decided);
    }
    // The last line may be half a line, if the process was killed.
    else if (i < rest.length - 1) throw new NotARecord(`${file}: line ${i + 2}: expected a call, got something else`);
  });
  if (!isHead(head)) throw new NotARecord(`${file}: line 1: expected the head of a record, got something else`);
  return { head, calls: calls.toSorted((a, b) => a.at - b.at || a.call - b.call), expected };
}

function objectIn(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const mayBe = (is: (value: unknown) => boolean, value: unknown): boolean => value === undefined || is(value);

function isHead(value: object): value is Head {
  const { began, values, keeps, controls, upstreams }: Partial<Record<keyof Head, unknown>> = value;
  return (
    isText(began) &&
    (values === 'redacted' || values === 'clear') &&
    isTexts(keeps) &&
    isTexts(controls) &&
    isTexts(upstreams)
  );
}

const KINDS: readonly unknown[] = ['request', 'notification', 'response', 'stream', 'end'];

function isCall(value: object): value is RecordedCall {
  const one: Partial<Record<keyof RecordedCall, unknown>> = value;
  return (
    Number.isSafeInteger(one.call) &&
    typeof one.at === 'number' &&
    typeof one.end === 'number' &&
    KINDS.includes(one.kind) &&
    (one.era === 'legacy' || one.era === 'modern') &&
    isText(one.method) &&
    mayBe(isText, one.text) &&
    isObject(one.sent) &&
    isObject(one.claims) &&
    Array.isArray(one.asked) &&
    one.asked.every(isAsked) &&
    typeof one.status === 'number' &&
    mayBe(isText, one.gave) &&
    isDecided(one.decided)
  );
}

function isAsked(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { upstream, http, text, status, at, pieces, failed, type } = value;
  return (
    isText(upstream) &&
    isText(http) &&
    mayBe(isText, text) &&
    mayBe((one) => typeof one === 'number', status) &&
    mayBe(isText, failed) &&
    mayBe(isText, type) &&
    typeof at === 'number' &&
    mayBe(
      (list) =>
        Array.isArray(list) &&
        list.every((piece) => Array.isArray(piece) && typeof piece[0] === 'number' && isText(piece[1])),
      pieces,
    )
  );
}

function isExpected(value: object): value is Expected {
  return 'expect' in value && Number.isSafeInteger(value.expect) && isDecided(value);
}

function isDecided(value: unknown): value is Decided {
  if (!isObject(value)) return false;
  const { outcome, controls } = value;
  return isText(outcome) && Array.isArray(controls) && controls.every((one) => isObject(one) && isText(one['control']));
}
