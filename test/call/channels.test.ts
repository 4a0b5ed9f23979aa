/** Compares what the channels of a call declare with the code that writes and reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Channels } from '../../proxy/call/channels.ts';

const ROOT = new URL('../../proxy/', import.meta.url);
const SOURCES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && file !== 'call/channels.ts')
  .map((file) => ({ room: roomOf(file), file, text: readFileSync(new URL(file, ROOT), 'utf8') }));

/** `controls/audit` of a control, `upstream` of any other file. */
function roomOf(file: string): string {
  const [room = '', name = ''] = file.split('/');
  return room === 'controls' ? `${room}/${name}` : room;
}

interface Ends {
  readonly writtenBy: readonly string[];
  readonly readBy: readonly string[];
}

function declared(): Record<string, Ends> {
  const text = readFileSync(new URL('call/channels.ts', ROOT), 'utf8');
  const found = text.matchAll(/Written by: (.*)\.\n.*Read by: (.*)\.\n.*Unwritten: .+\.\n {3}\*\/\n {2}(\w+)/g);
  return Object.fromEntries(
    [...found].map(([, writers = '', readers = '', name = '']) => [
      name,
      { writtenBy: writers.split(', '), readBy: readers.split(', ') },
    ]),
  );
}

function done(name: string): Ends {
  const rooms = (pattern: RegExp): string[] => [
    ...new Set(SOURCES.filter(({ text }) => pattern.test(text)).map(({ room }) => room)),
  ];
  return {
    writtenBy: rooms(new RegExp(String.raw`\bchannels\.${name} =[^=]`)).toSorted(),
    readBy: rooms(new RegExp(String.raw`\bchannels\.${name}\b(?! =[^=])`)).toSorted(),
  };
}

test('every channel declares who writes it, who reads it, and what it means unwritten', () => {
  expect(Object.keys(declared())).toEqual(Object.keys(new Channels()));
});

test.each(Object.keys(new Channels()))('%s is written and read exactly where it declares', (name) => {
  expect(done(name)).toEqual(declared()[name]);
});

test('no channel is taken out of its object, where its readers would not be found', () => {
  const taken = SOURCES.filter(({ text }) =>
    /\}(?:: \w+)? = [\w.]*\bchannels\b|\bchannels(?:\?\.)?\[|channels: \{/.test(text),
  );
  expect(taken.map(({ file }) => file)).toEqual([]);
});

test('an exchange has no other field that can be written from outside', () => {
  const text = readFileSync(new URL('call/exchange.ts', ROOT), 'utf8');
  expect([...text.matchAll(/^ {2}(?!readonly )\w+[?!]?(?::| =).*/gm)].map(([line]) => line)).toEqual([]);
});
