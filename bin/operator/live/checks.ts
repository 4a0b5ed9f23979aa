/** All checks of `npm run verify`, in order. */
import { callChecks } from './calls.ts';
import type { LiveCheck } from './check.ts';
import { headerChecks } from './headers.ts';
import { lockChecks } from './lock.ts';
import { PATIENCE, type Patience } from './patience.ts';
import { platformChecks } from './platform.ts';
import { sessionChecks } from './sessions.ts';
import { streamChecks } from './streams.ts';
import { wayChecks } from './ways.ts';
import { workloadTokenChecks } from './workload-token.ts';
import { writtenChecks } from './written.ts';

export function liveChecks(patience: Patience = PATIENCE): readonly LiveCheck[] {
  return [
    ...platformChecks,
    ...callChecks(patience),
    ...wayChecks(patience),
    ...workloadTokenChecks,
    ...lockChecks,
    ...sessionChecks,
    ...headerChecks,
    ...streamChecks(patience.streamMs),
    ...writtenChecks(patience),
  ];
}
