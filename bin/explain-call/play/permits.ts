/** The permits of a policy that could cover a call, and what they want of its caller. */
import type { ProxyConfig } from '../../../proxy/config/config.ts';
import { loadCedar } from '../../../proxy/controls/access-policy/cedar.ts';
import { actionsOf } from '../../../proxy/controls/access-policy/expression.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { policyIn } from '../../policy/policy-of.ts';

const MOST = 5;
const WIDE = 300;

export async function permitsFor(
  config: ProxyConfig,
  method: string,
  name: string | undefined,
  claims: JsonObject,
): Promise<string[]> {
  const found = await policyIn(config);
  if (found === undefined) return [];
  const cedar = await loadCedar();
  const permits = [...found.policy.engine.policies].flatMap(([id, policy]) => {
    if (policy.effect !== 'permit' || actionsOf(policy)?.includes(method) === false) return [];
    const answer = cedar.policyToText(policy);
    const text = answer.type === 'success' ? answer.text.replaceAll(/\s+/g, ' ').trim() : '';
    return covers(text, name) ? [`the permit ${id} could cover it: ${text.slice(0, WIDE)}`] : [];
  });
  const groups = claims['groups'];
  const who = Array.isArray(groups) && groups.length > 0 ? `the groups ${groups.join(', ')}` : 'no groups';
  if (permits.length === 0) return [];
  return [
    `a caller or arguments that one of these permits wants (this caller has ${who}), or a permit for this caller`,
    ...permits.slice(0, MOST),
  ];
}

/** Names in the permits for a method, in full. */
export async function permittedNames(config: ProxyConfig, method: string): Promise<string[]> {
  const found = await policyIn(config);
  if (found === undefined) return [];
  const cedar = await loadCedar();
  const names = [...found.policy.engine.policies.values()].flatMap((policy) => {
    if (policy.effect !== 'permit' || actionsOf(policy)?.includes(method) === false) return [];
    const answer = cedar.policyToText(policy);
    const text = answer.type === 'success' ? answer.text : '';
    const things = text.matchAll(/(?:Tool|Prompt)::("(?:[^"\\]|\\.)*")|resource\.name == ("(?:[^"\\]|\\.)*")/g);
    return Array.from(things, ([, one = '', other = '']) => (one || other).slice(1, -1));
  });
  return [...new Set(names)].filter((name) => !name.includes('*'));
}

/** Whether its text names this thing, or none in particular. */
function covers(text: string, name: string | undefined): boolean {
  if (name === undefined || text.includes(JSON.stringify(name))) return true;
  return text.includes(' like ') || !/(?:Tool|Prompt|Resource)::"|resource\.name|resource ==|resource in/.test(text);
}
