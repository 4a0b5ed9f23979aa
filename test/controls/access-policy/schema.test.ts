/** The schema that Cedar checks policies against. */
import { expect, test } from 'vitest';
import { ANY_ARGUMENTS, schemaOf } from '../../../proxy/controls/access-policy/schema.ts';

const NOTHING = schemaOf({ claims: {} })[''];
const TEXT = { type: 'String', required: true };
const ARGUMENTS = { arguments: { type: 'Boolean', required: true } };

test('the claims of a caller are optional, and have their types', () => {
  const claims = { a: 'string', b: 'number', c: 'boolean', d: 'strings' } as const;
  expect(schemaOf({ claims })['']?.entityTypes['Caller']).toEqual({
    memberOfTypes: ['Group', 'Scope'],
    shape: {
      type: 'Record',
      attributes: {
        a: { type: 'String', required: false },
        b: { type: 'Long', required: false },
        c: { type: 'Boolean', required: false },
        d: { type: 'Set', element: { type: 'String' }, required: false },
      },
    },
  });
});

test.each([
  ['Tool', 'name'],
  ['Prompt', 'name'],
  ['Resource', 'uri'],
])('a %s is in an upstream, and has a %s', (type, attribute) => {
  expect(NOTHING?.entityTypes[type]).toEqual({
    memberOfTypes: ['Upstream'],
    shape: { type: 'Record', attributes: { [attribute]: TEXT } },
  });
});

test('the other entities have nothing', () => {
  expect(NOTHING?.entityTypes).toMatchObject({ Group: {}, Scope: {}, Upstream: {}, Json: {} });
  expect(Object.keys(NOTHING?.entityTypes ?? {})).toHaveLength(8);
});

test('an action is of a caller, on the resources of its method, with arguments that may be anything', () => {
  expect(NOTHING?.actions['tools/call']).toEqual({
    appliesTo: {
      principalTypes: ['Caller'],
      resourceTypes: ['Tool'],
      context: { type: 'Record', attributes: ARGUMENTS },
    },
  });
  expect(ANY_ARGUMENTS).toEqual({ '.': { left: { Var: 'context' }, attr: 'arguments' } });
});

test('the action detokenize has what is shown of a value as well', () => {
  expect(NOTHING?.actions['detokenize']?.appliesTo).toMatchObject({
    resourceTypes: ['Tool', 'Prompt', 'Resource'],
    context: { attributes: { ...ARGUMENTS, field: TEXT, to: TEXT, kind: TEXT } },
  });
});

test('an action that is no method of MCP is on an upstream', () => {
  const actions = schemaOf({ claims: {} }, ['made/up'])['']?.actions;
  expect(actions?.['made/up']?.appliesTo?.resourceTypes).toEqual(['Upstream']);
  expect(Object.keys(actions ?? {})).toEqual([...Object.keys(NOTHING?.actions ?? {}), 'made/up']);
});
