/**
 * Hides values the way most calls need it: a few texts in the arguments of a short call, whose first form of a token the
 * tool's schema accepts. Everything else takes the search for a form (`hide.ts`).
 */
import { SHORT } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import type { Replacement } from '../../json/replace.ts';
import { replaced } from './find.ts';
import type { Finder } from './finder.ts';
import { compiled, fitsAtOnce } from './schema.ts';
import { formsOf, type Tokens } from './tokens.ts';

/** With more values, the general way costs little more. */
const FEW = 8;

/** The call with tokens in place of all that was found; undefined if it isn't that simple. */
export function withFirstForms(call: Call, { found }: Finder, tenant: string, tokens: Tokens): Call | undefined {
  const { message, name } = call;
  if (call.kind !== 'request' || call.method !== 'tools/call' || found.length > FEW) return undefined;
  const tool = name === undefined ? undefined : call.upstream.listed?.(name);
  if (tool === undefined || message === undefined || message.text.length > SHORT) return undefined;
  const schema = compiled(tool.inputSchema);
  if (schema instanceof Promise) return undefined;
  const scalars: Replacement[] = [];
  for (const { value, parts, path, plain, surface, fixed } of found) {
    if (typeof value !== 'string' || !plain || fixed || surface !== 'arguments') return undefined;
    const made: string[] = [];
    for (const part of parts) {
      const token = tokens.token(tenant, part, formsOf(part.type)[0] ?? 'plain');
      if (token === undefined) return undefined;
      made.push(token);
    }
    scalars.push({ path, value: replaced(value, parts, made) });
  }
  const changed = call.withArguments(scalars);
  const given = changed.params?.['arguments'];
  const characters = message.bodyEnd - message.bodyStart;
  return schema === undefined || given === undefined || fitsAtOnce(schema, given, characters) ? changed : undefined;
}
