/**
 * The envelope differential: every other reader must read the method, id, subject and arguments that this proxy reads.
 * Input that the proxy refuses is not compared, since it may be strict.
 */
import { isDeepStrictEqual } from 'node:util';
import { ProxyError } from '../../proxy/base/errors.ts';
import { type Message, readMessage } from '../../proxy/call/message.ts';
import { nameMember } from '../../proxy/call/name-member.ts';
import type { Attack, Attacking, Random, Round } from './attack.ts';
import { otherReaders, type Reader, type Seen } from './readers/reader.ts';

const ROUND = 400;

export const envelopes: Attacking = {
  name: 'envelopes',
  prepare: async (): Promise<Attack> => {
    const readers = otherReaders();
    return {
      with: ['V8', ...readers.map(({ name }) => name)].join(', '),
      round: async (random) => {
        const texts = Array.from({ length: ROUND }, () => envelope(random));
        const faults = await Promise.all(texts.map((text) => differences(text, readers)));
        return { tried: ROUND, faults: faults.flat() } satisfies Round;
      },
      async [Symbol.asyncDispose]() {
        for (const reader of readers) reader[Symbol.dispose]();
      },
    };
  },
};

async function differences(text: string, readers: readonly Reader[]): Promise<string[]> {
  let message: Message;
  try {
    message = readMessage(text);
  } catch (error) {
    return error instanceof ProxyError ? [] : [`the reader failed with ${String(error)} on ${JSON.stringify(text)}`];
  }
  const ours = oursOf(message);
  const seen: [string, Seen][] = [['V8', byV8(text)]];
  for (const reader of readers) seen.push([reader.name, await reader.read(text)]);
  return seen
    .filter(([, theirs]) => theirs.refused === undefined && !same(ours, theirs))
    .map(
      ([name, theirs]) =>
        `${name} takes ${JSON.stringify(text)} for ${JSON.stringify(theirs)}, this proxy for ${JSON.stringify(ours)}`,
    );
}

function oursOf(message: Message): Seen {
  const params: unknown =
    message.bodyStart < 0 || message.kind === 'response'
      ? undefined
      : JSON.parse(message.text.slice(message.bodyStart, message.bodyEnd));
  const subject = nameMember(message.method);
  return {
    method: message.method === '' ? null : message.method,
    id: message.id === undefined ? null : JSON.parse(message.id),
    arguments: memberOf(params, 'arguments'),
    ...(subject === undefined ? {} : { [subject]: message.name ?? null }),
  };
}

function byV8(text: string): Seen {
  const value: unknown = JSON.parse(text);
  const params = memberOf(value, 'params');
  return {
    method: memberOf(value, 'method'),
    id: memberOf(value, 'id'),
    name: memberOf(params, 'name'),
    uri: memberOf(params, 'uri'),
    taskId: memberOf(params, 'taskId'),
    arguments: memberOf(params, 'arguments'),
  };
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (new Map(Object.entries(value)).get(name) ?? null) : null;
}

/**
 * Compares two readings. A response has no method, and only some methods have a subject with arguments. Some readers
 * turn half a surrogate pair into U+FFFD.
 */
function same(ours: Seen, theirs: Seen): boolean {
  const subject = typeof ours.method === 'string' ? nameMember(ours.method) : undefined;
  const members: readonly (keyof Seen)[] =
    subject === undefined ? ['method', 'id'] : ['method', 'id', subject, 'arguments'];
  return members.every((name) => isDeepStrictEqual(wellFormed(ours[name]), wellFormed(theirs[name])));
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  // 0 and -0 are the same number.
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : (value ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toWellFormed(), wellFormed(member)]));
}

const KEYS = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'name',
  'uri',
  'taskId',
  'arguments',
  '_meta',
  'result',
  'error',
  'x',
  'ref',
  '__proto__',
  '',
];
const METHODS = ['tools/call', 'resources/read', 'prompts/get', 'tasks/get', 'tools/list', 'acme/x', 'notifications/x'];
const SCALARS = [
  '1',
  '1.0',
  '1e2',
  '-0',
  '9007199254740993',
  '0.1',
  '"a"',
  '"\\u0061"',
  '"\\ud800"',
  '"ſ"',
  '"\\/"',
  '""',
  'true',
  'null',
  '"2.0"',
  '"tools/call"',
  '"tools\\/call"',
  '"\u2028"',
];
const SPACES = ['', '', '', ' ', '\n', '\t', '\r', '\u00a0', '\uFEFF', '/**/'];

/** A plausible message, with some of an attacker's changes. */
function envelope(random: Random): string {
  const call = object(random, [
    ['jsonrpc', '"2.0"'],
    ['id', random.oneOf(['1', '"1"', '1.0', 'null', '-1', '"\\u0031"', '1e0'])],
    ['method', JSON.stringify(random.oneOf(METHODS))],
    [
      'params',
      object(random, [
        [random.oneOf(['name', 'uri', 'taskId']), scalar(random)],
        ['arguments', value(random, 3)],
        ['_meta', value(random, 2)],
      ]),
    ],
  ]);
  return random.chance(0.15) ? broken(random, call) : call;
}

function object(random: Random, members: readonly (readonly [string, string])[]): string {
  const all = members.filter(() => !random.chance(0.05)).map(([name, text]) => [key(random, name), text] as const);
  while (random.chance(0.25))
    all.splice(random.below(all.length + 1), 0, [key(random, random.oneOf(KEYS)), value(random, 1)]);
  if (random.chance(0.1)) all.reverse();
  return `{${space(random)}${all.map(([name, text]) => `${name}${space(random)}:${space(random)}${text}`).join(`${space(random)},${space(random)}`)}${random.chance(0.01) ? ',' : ''}}`;
}

/** A key, perhaps in another spelling, or a key that some readers take for it. */
function key(random: Random, name: string): string {
  const at = random.below(Math.max(1, name.length));
  const put = (text: string): string => `"${name.slice(0, at)}${text}${name.slice(at + 1)}"`;
  const code = name.charCodeAt(at);
  if (name === '' || random.chance(0.8)) return `"${name}"`;
  return random.oneOf([
    put(`\\u${code.toString(16).padStart(4, '0')}`),
    put(`\\u${code.toString(16).padStart(4, '0').toUpperCase()}`),
    put(name.charAt(at).toUpperCase()),
    `"${name.toUpperCase()}"`,
    `"${name.replace('s', 'ſ')}"`,
    `"${name.replace('k', '\u212a')}"`,
    `"${name}\\u0000"`,
    `"${name} "`,
    `"\u200b${name}"`,
  ]);
}

function value(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.4)) return scalar(random);
  if (random.chance(0.3))
    return `[${Array.from({ length: random.below(3) }, () => value(random, depth - 1)).join(',')}]`;
  return object(
    random,
    Array.from({ length: random.below(4) }, () => [random.oneOf(KEYS), value(random, depth - 1)] as const),
  );
}

function scalar(random: Random): string {
  return random.oneOf(SCALARS);
}

function space(random: Random): string {
  return random.chance(0.97) ? '' : random.oneOf(SPACES);
}

function broken(random: Random, text: string): string {
  const at = random.below(text.length);
  const put = random.oneOf([
    '',
    '"',
    '\\',
    '{',
    '}',
    ',',
    ':',
    '\u0000',
    '\u001f',
    '0',
    '\uFEFF',
    "'",
    '\u2028',
    'NaN',
  ]);
  return text.slice(0, at) + put + text.slice(at + random.below(3));
}
