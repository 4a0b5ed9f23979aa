/** Mutants that no test needs to notice, and why. `npm run mutate` fails if one of them is killed or gone. */
import type { Explanation } from '../mutants.ts';
import { ACCESS_POLICY_DECISIONS } from './access-policy-decisions.ts';
import { ACCESS_POLICY } from './access-policy.ts';
import { CALL } from './call.ts';
import { CALLERS } from './callers.ts';
import { DISPATCH } from './dispatch.ts';
import { INGRESS } from './ingress.ts';
import { PIPELINE } from './pipeline.ts';
import { TOOL_LOCK } from './tool-lock.ts';
import { TOOL_SEARCH } from './tool-search.ts';
import { UPSTREAM_AUTH } from './upstream-auth.ts';
import { UPSTREAM_CLIENTS } from './upstream-clients.ts';
import { UPSTREAM_TOKENS } from './upstream-tokens.ts';
import { UPSTREAM } from './upstream.ts';

export const SURVIVORS: Readonly<Record<string, readonly Explanation[]>> = {
  ...UPSTREAM,
  ...UPSTREAM_AUTH,
  ...UPSTREAM_TOKENS,
  ...UPSTREAM_CLIENTS,
  ...PIPELINE,
  ...CALL,
  ...CALLERS,
  ...DISPATCH,
  ...INGRESS,
  ...TOOL_SEARCH,
  ...ACCESS_POLICY,
  ...ACCESS_POLICY_DECISIONS,
  ...TOOL_LOCK,
};
