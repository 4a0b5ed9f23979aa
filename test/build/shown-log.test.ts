/** The log of `npm start`, for people and for pipes. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readable } from '../../bin/readable-line.ts';

const run = promisify(execFile);

describe('a line on a terminal', () => {
  const line = (entry: object): string => readable(JSON.stringify(entry), false);
  const time = '2026-12-01T12:00:00.000Z';

  it('says when, what and the rest in words', () => {
    expect(line({ time, level: 'warn', message: 'no upstream', event: 'x', tries: 3 })).toMatch(
      /^\d\d:\d\d:\d\d warning no upstream {2}event: x {2}tries: 3$/,
    );
    expect(line({ time, level: 'info', message: 'ready', port: 8000 })).toMatch(/^\d\d:\d\d:\d\d ready {2}port: 8000$/);
  });

  it('of a call names the tool, the outcome, who refused it, the time and the caller', () => {
    const decisions = [
      { control: 'audit', decision: 'pass' },
      { control: 'access-policy', decision: 'unknown-name' },
    ];
    const call = {
      event: 'call',
      id: '0f8fad5b',
      time,
      method: 'tools/call',
      name: 'add',
      caller: 'ann',
      ms: { total: 3.21 },
    };
    expect(line({ ...call, outcome: 'ok', decisions: [] })).toMatch(/ tools\/call {2}add {2}ok {2}3\.2 ms {2}ann$/);
    expect(line({ ...call, outcome: 'rpc-error', code: 'unknown-name', decisions })).toMatch(
      / add {2}unknown-name {2}by access-policy {2}3\.2 ms {2}ann {2}id 0f8fad5b$/,
    );
  });

  it('of an error has no stack, and can move no cursor', () => {
    const error = { type: 'ProxyError', code: 'internal', stack: ['at x'] };
    expect(line({ time, level: 'error', message: 'failed', error })).toMatch(
      /error failed {2}error: ProxyError internal$/,
    );
    const evil = readable('{"event":"call","method":"tools/call","name":"\\u001b[2J\\u202e","outcome":"ok"}', false);
    expect(evil).toBe('tools/call  \\u001b[2J\\u202e  ok');
  });

  it('shows a message of several lines as such, and none of them as a line of the log', () => {
    const message = 'the config is faulty: SyntaxError\n  allow({{\n12:00:00 tools/call  pay  ok\u001b[2J';
    expect(line({ level: 'error', message, port: 1 })).toBe(
      'error the config is faulty: SyntaxError  port: 1\n      allow({{\n    12:00:00 tools/call  pay  ok\\u001b[2J',
    );
  });

  it.each(['', 'not JSON', '{"other":1}', '{broken', '[1]', 'CEF:0|x'])(
    'that is none of the proxy stays as it is: %j',
    (text) => {
      expect(readable(text, true)).toBe(text);
    },
  );
});

/** Runs a script in a process whose standard output says what the test wants of it. */
async function logged(isTTY: boolean): Promise<string> {
  const script = `
    import { ShownLog } from './bin/shown-log.ts';
    import { log, writeLine, writeNow } from './proxy/base/log.ts';
    const out = { isTTY: ${isTTY}, hasColors: () => false, write: (text) => process.stdout.write(text) };
    const shown = new ShownLog(out);
    log.warn('early');
    await writeNow('{"event":"call","method":"tools/list","outcome":"ok"}');
    console.log('INTRODUCTION');
    shown.release();
    log.warn('late');
    writeLine('{"event":"call","method":"tools/call","outcome":"ok"}');`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script]);
  return stdout.replaceAll(/\d\d:\d\d:\d\d /g, '').replaceAll(/"time":"[^"]*",/g, '');
}

describe('the log of npm start', () => {
  it('comes after the introduction, as JSON in a pipe', async () => {
    expect((await logged(false)).split('\n')).toEqual([
      'INTRODUCTION',
      '{"level":"warn","message":"early"}',
      '{"event":"call","method":"tools/list","outcome":"ok"}',
      '{"level":"warn","message":"late"}',
      '{"event":"call","method":"tools/call","outcome":"ok"}',
      '',
    ]);
  });

  it('comes after the introduction, in words on a terminal', async () => {
    expect((await logged(true)).split('\n')).toEqual([
      'INTRODUCTION',
      'warning early',
      'tools/list  ok',
      'warning late',
      'tools/call  ok',
      '',
    ]);
  });
});
