/**
 * What a message is about: the call that it comes from, however many steps back, or any call where that isn't known.
 */
import { expect, test } from 'vitest';
import { Call } from '../../../../proxy/call/call.ts';
import { NOBODY } from '../../../../proxy/call/caller.ts';
import { Exchange } from '../../../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../../../proxy/call/inbound.ts';
import { readMessage } from '../../../../proxy/call/message.ts';
import { subjectOf } from '../../../../proxy/controls/shared/surfaces/index.ts';

function call(message: object, origin?: Call): Call {
  const read = readMessage(JSON.stringify({ jsonrpc: '2.0', ...message }));
  return new Call(
    read.kind,
    read.kind === 'response' ? 'elicitation/create' : read.method,
    read,
    { name: 'u', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) },
    new Exchange(NOBODY, 'legacy', NO_HEADERS, 0),
    origin,
  );
}

const tool = call({ id: 1, method: 'tools/call', params: { name: 'x' } });
const task = (origin?: Call): Call => call({ id: 2, method: 'tasks/result', params: { taskId: 't' } }, origin);
const answer = (origin?: Call): Call => call({ id: 3, result: { action: 'accept' } }, origin);
const stream = new Call('stream', 'GET', undefined, tool.upstream, new Exchange(NOBODY, 'legacy', NO_HEADERS, 0));

test.each<[string, Call, string | undefined, boolean]>([
  ['a call of a tool is about that', tool, 'x', true],
  ['so is what asks for its task', task(tool), 'x', true],
  ['so is an answer to what it asked', answer(tool), 'x', true],
  ['so is an answer to what its task asked', answer(task(tool)), 'x', true],
  [
    'a prompt to be completed is about that',
    call({
      id: 1,
      method: 'completion/complete',
      params: { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } },
    }),
    'p',
    true,
  ],
  ['a resource is about no tool', call({ id: 1, method: 'resources/read', params: { uri: 'x://y' } }), undefined, true],
  ['a task may be of any call, where that is not known', task(), undefined, false],
  ['so may an answer', answer(), undefined, false],
  ['so may an answer to what such a task asked', answer(task()), undefined, false],
  ['so may whatever comes on a GET stream', stream, undefined, false],
  ['so may an answer to what was asked there', answer(stream), undefined, false],
  ['so may a notification', call({ method: 'notifications/progress', params: {} }), undefined, false],
  ['so may a list of tasks', call({ id: 1, method: 'tasks/list' }), undefined, false],
])('%s', (_what, about, name, known) => {
  expect(subjectOf(about)).toEqual({ tool: name, known });
});
