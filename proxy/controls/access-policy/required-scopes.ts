/**
 * Scopes that a policy requires of callers whom it permits otherwise: a client that lacks one learns which, and asks for
 * it. Unlike a condition on a scope, it hides nothing. In Cedar it is an annotation: `@requiresScopes("orders:write")`.
 */
import type { PolicyJson } from './expression.ts';

export const ANNOTATION = 'requiresScopes';

/** RFC 6749, 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE.test(value);
}

/** Empty: none. */
export function requiredScopes({ annotations }: Pick<PolicyJson, 'annotations'>): readonly string[] {
  const text = annotations?.[ANNOTATION];
  return typeof text === 'string' ? text.split(' ').filter((scope) => scope !== '') : [];
}

/** Why an annotation can't be used; undefined if it can. */
export function annotationFault({
  annotations,
  effect,
}: Pick<PolicyJson, 'annotations' | 'effect'>): string | undefined {
  if (annotations === undefined || !Object.hasOwn(annotations, ANNOTATION)) return undefined;
  const scopes = requiredScopes({ annotations });
  if (scopes.length === 0 || !scopes.every(isScope))
    return `expected @${ANNOTATION}("…") with scopes, separated by spaces, got another text`;
  return effect === 'permit'
    ? undefined
    : `expected @${ANNOTATION} at a permit, which it restricts, got it at a forbid: name the scope in its condition`;
}

/** The scopes that a text with Cedar policies requires, without loading Cedar. */
export function scopesIn(text: string): readonly string[] {
  return [...text.matchAll(/@requiresScopes\s*\(\s*"([^"\\]*)"\s*\)/g)].flatMap(([, scopes = '']) =>
    scopes.split(' ').filter(isScope),
  );
}
