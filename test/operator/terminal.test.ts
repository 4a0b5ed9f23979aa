import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { columns, createOutput, wrapped } from '../../bin/operator/terminal.ts';

afterEach(() => vi.unstubAllEnvs());

interface Stream {
  readonly stream: NodeJS.WriteStream;
  readonly text: () => string;
}

function stream(isTTY: boolean): Stream {
  const through = new PassThrough();
  let text = '';
  through.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { stream: Object.assign(through, { isTTY, columns: 20 }) as unknown as NodeJS.WriteStream, text: () => text };
}

describe('what a command prints', () => {
  it.each([
    ['a terminal', true, {}, '\u001B[32mok\u001B[39m'],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, 'ok'],
    ['a terminal without colours', true, { TERM: 'dumb' }, 'ok'],
    ['a pipe', false, {}, 'ok'],
  ])('is coloured only if it should be: %s', (_where, isTTY, environment, expected) => {
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('TERM', 'xterm');
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    expect(createOutput(false, stream(isTTY).stream, stream(false).stream).paint('green', 'ok')).toBe(expected);
  });

  it('shows progress on one line of a terminal, cut to its width, and clears it before any other output', () => {
    vi.stubEnv('TERM', 'xterm');
    const [out, err] = [stream(true), stream(true)];
    const output = createOutput(false, out.stream, err.stream);
    output.progress('synthesizing the whole app');
    output.line('done');
    expect(err.text()).toBe('synthesizing the wh\r\u001B[K');
    expect(out.text()).toBe('done\n');
  });

  it('shows no progress without a terminal', () => {
    const err = stream(false);
    createOutput(false, stream(false).stream, err.stream).progress('busy');
    expect(err.text()).toBe('');
  });

  it('is only one JSON document with --json', () => {
    const out = stream(true);
    const output = createOutput(true, out.stream, stream(false).stream);
    output.line('for a person');
    output.result({ ok: true, text: output.paint('red', 'plain') });
    expect(JSON.parse(out.text())).toEqual({ ok: true, text: 'plain' });
  });

  it('prints an error to standard error only, after an empty line if lines were printed', () => {
    const [out, err] = [stream(false), stream(false)];
    const output = createOutput(false, out.stream, err.stream);
    output.error('first');
    output.line('done');
    output.error('second');
    expect([out.text(), err.text()]).toEqual(['done\n', 'first\n\nsecond\n']);
  });

  it('wraps text between words, and does not break a long word', () => {
    expect(wrapped('one two three', '  ', 9)).toBe('  one two\n  three');
    expect(wrapped('see https://example.com/a/long/path here', '', 10)).toBe(
      'see\nhttps://example.com/a/long/path\nhere',
    );
  });

  it('keeps columns apart', () => {
    expect(columns(['a', 'one two', 'x'], [4, 6, 10])).toBe('  a   one   x\n      two');
  });
});
