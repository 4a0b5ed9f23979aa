/** What a message is about: the call that it comes from, over any number of steps, or any call if that is unknown. */
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
  ['a tool call is about that tool', tool, 'x', true],
  ['a request for its task is, too', task(tool), 'x', true],
  ['an answer to its question is, too', answer(tool), 'x', true],
  ["an answer to its task's question is, too", answer(task(tool)), 'x', true],
  [
    'a completion of a prompt is about that prompt',
    call({
      id: 1,
      method: 'completion/complete',
      params: { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } },
    }),
    'p',
    true,
  ],
  ['a resource is about no tool', call({ id: 1, method: 'resources/read', params: { uri: 'x://y' } }), undefined, true],
  ['a task whose call is unknown may be about any tool', task(), undefined, false],
  ['an answer whose call is unknown may be about any tool', answer(), undefined, false],
  ['an answer to the question of such a task may be about any tool', answer(task()), undefined, false],
  ['a GET stream may be about any tool', stream, undefined, false],
  ['an answer to a question on a GET stream may be about any tool', answer(stream), undefined, false],
  ['a notification may be about any tool', call({ method: 'notifications/progress', params: {} }), undefined, false],
  ['a list of tasks may be about any tool', call({ id: 1, method: 'tasks/list' }), undefined, false],
])('%s', (_what, about, name, known) => {
  expect(subjectOf(about)).toEqual({ tool: name, known });
});
