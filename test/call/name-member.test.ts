/** The member that names what a request is about (MCP 2026-07-28, streamable HTTP, standard headers; SEP-2663 for tasks). */
import { expect, test } from 'vitest';
import { nameMember } from '../../proxy/call/name-member.ts';

test.each([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['resources/subscribe', 'uri'],
  ['resources/unsubscribe', 'uri'],
  ['resources/directory/read', 'uri'],
  ['skills/get', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/result', 'taskId'],
  ['tasks/cancel', 'taskId'],
])('%s is about its %s', (method, member) => {
  expect(nameMember(method)).toBe(member);
});

test.each(['tools/list', 'initialize', 'tasks/list', 'skills/list', '', 'toString', '__proto__', 'constructor'])(
  '%j is about nothing that has a name',
  (method) => {
    expect(nameMember(method)).toBeUndefined();
  },
);
