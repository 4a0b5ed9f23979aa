/** What every evaluator is told of a resource. */
import { expect, test } from 'vitest';
import { type Question, resourcesOf } from '../../../proxy/controls/access-policy/evaluator.ts';

const uid = { type: 'Caller', id: '' } as const;
const question: Question = {
  caller: { uid, entity: { uid, attrs: {}, parents: [] }, memberships: [], key: '' },
  action: 'tools/call',
  resource: { type: 'Tool', id: 't' },
  attributes: { name: 'n' },
  upstream: 'u',
  context: {},
};

test('a resource is in its upstream, and has its attributes', () => {
  expect(resourcesOf(question)).toEqual([
    { uid: { type: 'Tool', id: 't' }, attrs: { name: 'n' }, parents: [{ type: 'Upstream', id: 'u' }] },
  ]);
});

test('an upstream is no resource with attributes', () => {
  expect(resourcesOf({ ...question, resource: { type: 'Upstream', id: 'u' } })).toEqual([]);
});
