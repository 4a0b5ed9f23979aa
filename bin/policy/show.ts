/** `policy show`: prints the Cedar policies that are evaluated. */
import { loadCedar } from '../../proxy/controls/access-policy/cedar.ts';
import { DECIDED } from '../../proxy/controls/access-policy/methods.ts';
import { schemaOf } from '../../proxy/controls/access-policy/schema.ts';
import type { Policy } from './policy-of.ts';

export async function show({ engine, handle, actions }: Policy, print: (line: string) => void): Promise<number> {
  const cedar = await loadCedar();
  const more = new Set([...actions].filter((action) => !Object.hasOwn(DECIDED, action)));
  for (const [id, policy] of engine.policies) {
    const answer = cedar.policyToText(policy);
    const text = answer.type === 'success' ? answer.text : '';
    const formatted = cedar.formatPolicies({ policyText: text });
    print(`// ${id}\n${(formatted.type === 'success' ? formatted.formatted_policy : text).trimEnd()}\n`);
  }
  const denied = engine.permittedToNobody();
  if (denied.length > 0) print(`// No policy permits these, so all are denied: ${denied.join(', ')}\n`);
  const schema = cedar.schemaToText(schemaOf(handle.model, more));
  // Replaces the placeholder that stands for the arguments during validation.
  const readable = (text: string): string =>
    text
      .replaceAll(/arguments: __cedar::Bool,?/g, '// arguments: those of the call, unchanged')
      .replaceAll('__cedar::', '')
      .trimEnd();
  if (schema.type === 'success') print(`// The schema\n${readable(schema.text)}`);
  return 0;
}
