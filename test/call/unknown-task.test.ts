/** The refusal of a message about a task that is not known. */
import { expect, test } from 'vitest';
import { unknownTask } from '../../proxy/call/unknown-task.ts';
import { callOf } from '../dispatch/fake.ts';

const about = (params: object) => ({ jsonrpc: '2.0', id: 1, method: 'tasks/get', params: { taskId: 't', ...params } });
const declaring = (capabilities: unknown) => ({
  _meta: { 'io.modelcontextprotocol/clientCapabilities': capabilities },
});
const TASKS = 'io.modelcontextprotocol/tasks';

test.each([
  ['no _meta', {}],
  ['no capabilities', { _meta: {} }],
  ['no extensions', declaring({})],
  ['capabilities that are a text', declaring('x')],
  ['extensions that are a text', declaring({ extensions: 'x' })],
  ['other extensions', declaring({ extensions: { x: {} } })],
  ['the extension as a text', declaring({ extensions: { [TASKS]: 'x' } })],
])('a modern client is asked to declare the extension, if it sent %s', (_what, params) => {
  expect(unknownTask(callOf(about(params), 'modern'))).toMatchObject({
    code: 'missing-capability',
    message: `expected the client to declare the extension ${TASKS} in its capabilities, got none`,
    data: { requiredCapabilities: { extensions: { [TASKS]: {} } } },
  });
});

test('a client that declares it, or is legacy, gets the answer of a server that does not know the task', () => {
  const modern = callOf(about(declaring({ extensions: { [TASKS]: {} } })), 'modern');
  for (const call of [modern, callOf(about({}))])
    expect(unknownTask(call)).toMatchObject({ code: 'unknown-name', message: expect.stringContaining('t') });
});
