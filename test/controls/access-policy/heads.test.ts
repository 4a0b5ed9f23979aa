/** Which policies may apply to a question, by their heads. `relevant.test.ts` compares the decisions. */
import { expect, it } from 'vitest';
import type { PolicyJson } from '../../../proxy/controls/access-policy/expression.ts';
import { type Head, relevantTo } from '../../../proxy/controls/access-policy/relevant.ts';

const ALL = { op: 'All' } as const;
const uid = { type: 'Caller', id: 'me' } as const;
const HEAD: Head = {
  caller: { uid, entity: { uid, attrs: {}, parents: [] }, memberships: ['Group::"mine"'], key: '' },
  action: 'tools/call',
  resource: { type: 'Tool', id: 't' },
};
const ANY_TOOL: Head = { ...HEAD, resource: { type: 'Tool', id: undefined } };

/** What is left of the part of a head: `ALL` if it certainly matches; undefined if the policy does not apply. */
function left(part: 'principal' | 'action' | 'resource', constraint: unknown, head = HEAD): unknown {
  const policy = { effect: 'permit', principal: ALL, action: ALL, resource: ALL, conditions: [], [part]: constraint };
  const found = relevantTo(new Map([['p', policy as PolicyJson]]), head).get('p');
  if (found !== undefined) expect({ ...found, [part]: constraint }).toEqual(policy);
  return found?.[part];
}
const entity = (type: string, id: string) => ({ entity: { type, id } });

it.each<[constraint: object, fits: boolean | 'perhaps']>([
  [ALL, true],
  [{ op: '==', ...entity('Caller', 'me') }, true],
  [{ op: '==', ...entity('Caller', 'you') }, false],
  [{ op: '==', ...entity('Group', 'mine') }, false],
  [{ op: 'in', ...entity('Group', 'mine') }, true],
  [{ op: 'in', ...entity('Group', 'yours') }, false],
  [{ op: 'in', ...entity('Scope', 'mine') }, false],
  [{ op: 'in', ...entity('Caller', 'me') }, true],
  [{ op: 'is', entity_type: 'Caller' }, 'perhaps'],
  [{ op: 'is', entity_type: 'Caller', in: entity('Group', 'mine') }, 'perhaps'],
  [{ op: '==', slot: '?principal' }, 'perhaps'],
])('the principal %j fits the caller: %s', (constraint, fits) => {
  expect(left('principal', constraint)).toEqual(fits === 'perhaps' ? constraint : fits ? ALL : undefined);
});

it.each<[constraint: object, fits: boolean]>([
  [ALL, true],
  [{ op: '==', ...entity('Action', 'tools/call') }, true],
  [{ op: '==', ...entity('Action', 'prompts/get') }, false],
  [
    {
      op: 'in',
      entities: [
        { type: 'Action', id: 'x' },
        { type: 'Action', id: 'tools/call' },
      ],
    },
    true,
  ],
  [{ op: 'in', entities: [] }, false],
])('the action %j fits the question: %s', (constraint, fits) => {
  expect(left('action', constraint)).toEqual(fits ? ALL : undefined);
});

it.each<[constraint: object, fits: boolean | 'perhaps', any: boolean | 'perhaps']>([
  [ALL, true, true],
  [{ op: 'is', entity_type: 'Tool' }, true, true],
  [{ op: 'is', entity_type: 'Prompt' }, false, false],
  [{ op: 'is', entity_type: 'Tool', in: entity('Upstream', 'u') }, 'perhaps', 'perhaps'],
  [{ op: '==', ...entity('Tool', 't') }, true, 'perhaps'],
  [{ op: '==', ...entity('Tool', 'u') }, false, 'perhaps'],
  [{ op: '==', ...entity('Prompt', 't') }, false, false],
  [{ op: 'in', ...entity('Upstream', 'u') }, 'perhaps', 'perhaps'],
  [{ op: '==', slot: '?resource' }, 'perhaps', 'perhaps'],
])('the resource %j fits the one asked for: %s; a resource of its type: %s', (constraint, ...fits) => {
  for (const [i, head] of [HEAD, ANY_TOOL].entries())
    expect(left('resource', constraint, head)).toEqual(
      fits[i] === 'perhaps' ? constraint : fits[i] === true ? ALL : undefined,
    );
});
