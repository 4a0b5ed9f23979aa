/** What a control declares to do with replies, and which of them it may map. */
import { kindOf } from '../base/kind-of.ts';
import { isClientMethod } from '../call/methods.ts';
import type { ClientMethod } from '../call/params.ts';
import { isObject } from '../json/lossless.ts';
import type { Attention } from '../reply/reply.ts';

/** Calls whose replies a control may map: of these methods, or any. */
export type Mapped = 'all' | readonly ClientMethod[];

/** As a control declares it. `'transforms'`: any reply. */
export type Declared = Attention | { readonly transforms: readonly ClientMethod[] };

const ATTENTIONS: readonly unknown[] = ['ignores', 'observes', 'transforms'] satisfies Attention[];

export function isAttention(value: unknown): value is Attention {
  return ATTENTIONS.includes(value);
}

/** Reads a declaration; appends what is wrong to `faults`. */
export function mappedOf(declared: unknown, faults: string[]): { readonly replies: Attention; readonly maps: Mapped } {
  if (isAttention(declared)) return { replies: declared, maps: declared === 'transforms' ? 'all' : [] };
  const methods: unknown =
    isObject(declared) && Object.keys(declared).length === 1 ? declared['transforms'] : undefined;
  if (!Array.isArray(methods)) {
    faults.push(
      `replies: expected 'ignores', 'observes', 'transforms' or { transforms: ['tools/call'] }, got ${JSON.stringify(declared) ?? kindOf(declared)}`,
    );
    return { replies: 'transforms', maps: 'all' };
  }
  const named = methods as readonly unknown[];
  if (named.length === 0) faults.push("replies.transforms: expected a method, got none: 'ignores' maps no reply");
  for (const method of named)
    if (!isMethod(method))
      faults.push(
        `replies.transforms: expected methods of MCP's clients, such as tools/call, got ${JSON.stringify(method) ?? kindOf(method)}`,
      );
  return { replies: 'transforms', maps: Object.freeze(named.filter(isMethod)) };
}

function isMethod(value: unknown): value is ClientMethod {
  return typeof value === 'string' && isClientMethod(value);
}
