/** How the policies of a config are read: their ids, their faults and the places of faults. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Cedar, loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { DECIDED } from '../../../proxy/controls/access-policy/methods.ts';
import { about, permittedToNobody, PolicyError, readPolicies } from '../../../proxy/controls/access-policy/policies.ts';
import { allow, deny } from '../../../proxy/controls/access-policy/rule.ts';

let cedar: Cedar;
beforeAll(async () => {
  cedar = await loadCedar();
});

const PERMIT = 'permit (principal, action, resource);';

/** The error that reading throws. */
function refused(sources: Parameters<typeof readPolicies>[0], from: Parameters<typeof readPolicies>[1] = cedar) {
  try {
    readPolicies(sources, from);
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('expected a PolicyError, got none');
}

describe('the id of a policy', () => {
  it('is its @id, or its position in the text as written, beyond the tenth as well', () => {
    const texts = Array.from({ length: 12 }, (_, i) => `permit (principal, action, resource == Tool::"t${i + 1}");`);
    texts[4] = `@id("fifth") ${texts[4]}`;
    const read = readPolicies([deny({ tools: ['a'], prompts: ['b'] }), texts.join('\n')], cedar);
    expect([...read.keys()]).toEqual([
      'policies[0].tools',
      'policies[0].prompts',
      ...texts.map((_, i) => (i === 4 ? 'fifth' : `policies[1]#${i + 1}`)),
    ]);
    for (const [id, { resource }] of [...read].slice(2)) {
      const place = id === 'fifth' ? 5 : Number(id.split('#')[1]);
      expect(resource, id).toMatchObject({ entity: { type: 'Tool', id: `t${place}` } });
    }
  });

  it('is used once', () => {
    const { faults } = refused([`@id("a") ${PERMIT}`, PERMIT, `@id("a") ${PERMIT}`]);
    expect(faults).toEqual(['policies[2]: expected unique ids, got a second @id("a")']);
  });
});

describe('the error', () => {
  it('has all faults, each with its place, a line each', () => {
    const error = refused([
      'permit (principal, action resource);',
      `${PERMIT}\n// é\npermit (principal, action, nothing);`,
      `@id("write") @requiresScopes("a") forbid (principal, action, resource);`,
    ]);
    expect(error.name).toBe('PolicyError');
    expect(error.faults).toEqual([
      expect.stringMatching(/^policies\[0\]: unexpected token `resource`; .* \(line 1, column 27\)$/),
      expect.stringMatching(/^policies\[1\]: .*: nothing;.* \(line 3, column 28\)$/),
      expect.stringMatching(/^write: expected @requiresScopes at a permit/),
    ]);
    expect(error.message).toBe(error.faults.join('\n'));
  });

  it('has no place if Cedar names none', () => {
    const answer = { type: 'failure', errors: [{ message: 'too many policies', help: null }] } as never;
    const from = { ...cedar, policySetTextToParts: () => answer };
    expect(refused([PERMIT], from).faults).toEqual(['policies[0]: too many policies']);
  });

  it('is thrown as well if a policy of a text that was read has no form in JSON', () => {
    const from: typeof cedar = {
      ...cedar,
      policyToJson: (policy) =>
        JSON.stringify(policy).includes('odd')
          ? ({ type: 'failure', errors: [{ message: 'no form', help: 'simplify' }] } as never)
          : cedar.policyToJson(policy),
    };
    const odd = 'permit (principal, action, resource == Tool::"odd");';
    expect(refused([`${odd} ${PERMIT}`], from).faults).toEqual(['policies[0]: no form; simplify']);
  });
});

describe('a policy is about', () => {
  const of = (text: string, action: string) => about(readPolicies([text], cedar), action).length === 1;

  it.each([
    ['every action, if it names none', PERMIT, 'tools/call', true],
    ['the action that it names', 'permit (principal, action == Action::"tools/call", resource);', 'tools/call', true],
    ['no other action', 'permit (principal, action == Action::"tools/call", resource);', 'prompts/get', false],
    [
      'each action of its list',
      'permit (principal, action in [Action::"tools/call", Action::"x/own"], resource);',
      'x/own',
      true,
    ],
  ])('%s', (_what, text, action, expected) => {
    expect(of(text, action)).toBe(expected);
  });
});

describe('methods that are permitted to nobody', () => {
  const ALL = Object.keys(DECIDED);
  const without = (...methods: string[]) => ALL.filter((method) => !methods.includes(method));

  it.each([
    ['of no policy that permits', [deny({ tools: ['*'] }), 'forbid (principal, action, resource);'], ALL],
    ['of a policy for everything', [PERMIT], []],
    ['of a rule for tools', [allow({ tools: ['a'] })], without('tools/call')],
    ['of a rule for tokens', [allow({ detokenize: ['a'] })], without('detokenize')],
    [
      'of a policy for one type of resource',
      ['permit (principal, action, resource is Prompt);'],
      without('prompts/get', 'detokenize'),
    ],
    [
      'of a policy for one resource, whose type its condition leaves open',
      ['permit (principal, action, resource) when { resource == Tool::"a" };'],
      [],
    ],
    ['of a method of an extension', ['permit (principal, action == Action::"x/own", resource is Upstream);'], ALL],
  ] as const)('%s', (_what, policies, nobody) => {
    expect(permittedToNobody(readPolicies(policies, cedar))).toEqual(nobody);
  });
});
