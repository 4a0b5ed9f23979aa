/** Scopes of a user pool that is created: their defaults, and the rule for them together with their resource server. */
import { TEXTS } from './texts.ts';

export const RESOURCE_SERVER = 'mcp';
export const SCOPE_NAMES: readonly string[] = ['invoke'];

/** AgentCore accepts a shorter `resource server/name` than Cognito. */
export function scopeFault(resourceServer: string, name: string): string | undefined {
  const whole = `${resourceServer}/${name}`;
  // Each part has its own rule.
  if (!TEXTS.resourceServer.pattern.test(resourceServer) || !TEXTS.scopeName.pattern.test(name)) return undefined;
  return TEXTS.scope.pattern.test(whole)
    ? undefined
    : `expected at most 255 characters in resource server, slash and scope together, got ${whole.length}`;
}
