/** How each method is decided. A method that leaves a list is denied to everybody, or passes unasked. */
import { expect, test } from 'vitest';
import { DECIDED, FREE, QUESTIONS, SHARED, UNATTACHED } from '../../../proxy/controls/access-policy/methods.ts';

test.each([
  ['tools/call', ['Tool']],
  ['prompts/get', ['Prompt']],
  ['resources/read', ['Resource']],
  ['elicitation/create', ['Upstream']],
  ['sampling/createMessage', ['Upstream']],
  ['roots/list', ['Upstream']],
  ['tasks/list', ['Upstream']],
  ['detokenize', ['Tool', 'Prompt', 'Resource']],
])('%s has a decision of its own, about %j', (method, types) => {
  expect(DECIDED[method]).toEqual(types);
});

test.each([
  ['tools/list', 'tools/call'],
  ['prompts/list', 'prompts/get'],
  ['resources/list', 'resources/read'],
  ['resources/templates/list', 'resources/read'],
  ['resources/subscribe', 'resources/read'],
  ['resources/unsubscribe', 'resources/read'],
  ['resources/directory/read', 'resources/read'],
  ['skills/list', 'resources/read'],
  ['skills/get', 'resources/read'],
  ['subscriptions/listen', 'resources/read'],
  ['notifications/resources/updated', 'resources/read'],
  ['completion/complete', 'prompts/get, resources/read'],
  ['tasks/get', 'tools/call'],
  ['tasks/result', 'tools/call'],
  ['tasks/update', 'tools/call'],
  ['tasks/cancel', 'tools/call'],
])('%s is decided as %s', (method, other) => {
  expect(SHARED[method]).toBe(other);
  for (const one of other.split(', ')) expect(Object.keys(DECIDED)).toContain(one);
});

test('a method is in one list at most, and no other method passes undecided', () => {
  const methods = [...Object.keys(DECIDED), ...Object.keys(SHARED), ...FREE];
  expect(new Set(methods).size).toBe(methods.length);
  expect([...FREE].toSorted()).toEqual([
    'initialize',
    'logging/setLevel',
    'notifications/cancelled',
    'notifications/initialized',
    'notifications/progress',
    'notifications/roots/list_changed',
    'ping',
    'server/discover',
  ]);
});

test('the methods without a resource are those that a rule names under `methods`', () => {
  expect(UNATTACHED).toEqual(['elicitation/create', 'sampling/createMessage', 'roots/list', 'tasks/list']);
});

test("each of the upstream's requests has its capability", () => {
  expect(QUESTIONS).toEqual({
    'elicitation/create': 'elicitation',
    'sampling/createMessage': 'sampling',
    'roots/list': 'roots',
  });
});
