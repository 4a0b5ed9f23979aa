/** The schema for Cedar's validator. It leaves out arguments, because each tool has its own. */
import type { SchemaJson } from '@cedar-policy/cedar-wasm/web';
import type { CallerModel, ClaimType } from './caller-entity.ts';
import { DECIDED } from './methods.ts';

type Shape = SchemaJson<string>[string]['entityTypes'][string];
type Attribute =
  | { type: 'String' }
  | { type: 'Long' }
  | { type: 'Boolean' }
  | { type: 'Set'; element: { type: 'String' } };

const TYPES: Readonly<Record<ClaimType, Attribute>> = {
  string: { type: 'String' },
  number: { type: 'Long' },
  boolean: { type: 'Boolean' },
  strings: { type: 'Set', element: { type: 'String' } },
};

/** Replaces any condition on arguments during validation: it may be true or false. */
export const ANY_ARGUMENTS = { '.': { left: { Var: 'context' }, attr: 'arguments' } };

/** @param more actions in the policies that are not MCP methods */
export function schemaOf({ claims }: Pick<CallerModel, 'claims'>, more: Iterable<string> = []): SchemaJson<string> {
  const attributes = Object.fromEntries(
    Object.entries(claims).map(([name, type]) => [name, { ...TYPES[type], required: false }]),
  );
  const named = (attribute: string): Shape => ({
    memberOfTypes: ['Upstream'],
    shape: { type: 'Record', attributes: { [attribute]: { type: 'String', required: true } } },
  });
  const actions: SchemaJson<string>[string]['actions'] = {};
  for (const action of [...Object.keys(DECIDED), ...more]) {
    const about = action === 'detokenize' ? { field: TYPES.string, to: TYPES.string, kind: TYPES.string } : {};
    const context = Object.fromEntries(
      Object.entries({ arguments: TYPES.boolean, ...about }).map(([name, type]) => [name, { ...type, required: true }]),
    );
    actions[action] = {
      appliesTo: {
        principalTypes: ['Caller'],
        resourceTypes: [...(DECIDED[action] ?? ['Upstream'])],
        context: { type: 'Record', attributes: context },
      },
    };
  }
  return {
    '': {
      entityTypes: {
        Group: {},
        Scope: {},
        Caller: { memberOfTypes: ['Group', 'Scope'], shape: { type: 'Record', attributes } },
        Upstream: {},
        Tool: named('name'),
        Prompt: named('name'),
        Resource: named('uri'),
        Json: {},
      },
      actions,
    },
  };
}
