/** What a control gets to know besides its calls: requests that did not become calls, and the proxy's end. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { header } from '../../../proxy/callers/header.ts';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import { defineControl } from '../../../proxy/pipeline/control.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { exchange, post, request } from '../../support/raw.ts';
import { emptyResult, startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

test('a request that does not become a call gets a line with the reason and none of its contents; a call gets no such line', async () => {
  await using upstream = await startUpstream(emptyResult);
  await using front = await startFront(upstream, { controls: [audit()] });
  await post(front.port, '{"secret":', []);
  await post(front.port, '{"jsonrpc":"2.0","id":1,"id":"secret","method":"tools/list"}', []);
  await exchange(front.port, request('GET', '/secret', [], undefined));
  await send(front, modern('tools/list'));
  const refused = lines.all.filter(({ event }) => event === 'refused');
  expect(refused).toEqual(
    ['parse-error', 'invalid-request', 'not-found'].map((code) => ({
      event: 'refused',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      code,
    })),
  );
  expect(lines.all.filter(({ event }) => event === 'call')).toHaveLength(1);
  expect(lines.text).not.toContain('secret');
});

test.each([
  ['json', 'why'],
  ['cloudevents', 'why'],
  ['ocsf', 'message'],
  ['cef', 'msg'],
  ['none', 'why'],
] as const)('says why no caller was found, and nothing of what was sent (%s)', async (format, member) => {
  await using upstream = await startUpstream(emptyResult);
  await using front = await startFront(upstream, {
    controls: format === 'none' ? [] : [audit({ format })],
    caller: header('x-caller'),
  });
  await send(front, modern('tools/list'));
  await send(front, modern('tools/list'), ['X-Caller: {"sub":"secret"', 'X-Caller: secret']);
  await send(front, modern('tools/list'), ['X-Caller: {"sub":"secret"']);
  await post(front.port, '{"secret":', []);
  await expect.poll(() => lines.text).toContain('parse-error');
  const said =
    format === 'cef'
      ? lines.text.split('\n').map((line) => / msg=(.*?)(?: \w+=|$)/.exec(line)?.[1])
      : lines.all.map((line) => (format === 'cloudevents' && isObject(line['data']) ? line['data'] : line)[member]);
  expect(said.filter((words) => words !== undefined)).toEqual([
    'no caller: expected the header x-caller, got none',
    'expected the header x-caller once, got it 2 times',
    'the header x-caller is not a JSON object',
  ]);
  expect(lines.text).not.toContain('secret');
});

test('the proxy waits for remaining lines at its end, and logs a failure there', async () => {
  await using upstream = await startUpstream(emptyResult);
  const ended: string[] = [];
  const ending = (name: string, fail: boolean) =>
    defineControl({
      name,
      replies: 'ignores',
      setup: ({ onClose }) => {
        onClose?.(async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          ended.push(name);
          if (fail) throw new TypeError('lost');
        });
        return (call, next) => next(call);
      },
    });
  const front = await startFront(upstream, { controls: [ending('one', true), ending('other', false)] });
  await send(front, modern('tools/list'));
  expect(ended).toEqual([]);
  await front[Symbol.asyncDispose]();
  expect(ended).toEqual(['one', 'other']);
  expect(lines.all).toContainEqual(
    expect.objectContaining({
      level: 'error',
      event: 'closing',
      error: expect.objectContaining({ type: 'TypeError' }),
    }),
  );
});
