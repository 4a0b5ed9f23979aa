/** Runs controls that are made of steps, one after the other, with one function around the rest of the pipeline. */
import { type ErrorCode, faultOf, ProxyError } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { checkMapping, fault, note } from './layer-faults.ts';
import type { Mapped } from './mapped.ts';
import type { Next } from './next.ts';
import { type Before, type Passing, passingOf } from './steps.ts';

export interface Stepped {
  readonly name: string;
  readonly before: Before;
  readonly replies: Attention;
  readonly maps: Mapped;
  readonly reads: boolean;
}

/** What one control made of one call. */
interface Run {
  /** The call as the control got it. */
  readonly given: Call;
  readonly passing: Passing;
  /** Milliseconds that it took. */
  readonly ms: number;
}

/** The same as controls around one another, the first outermost. */
export function inSequence(steps: readonly Stepped[], inner: Next): Next {
  return async (call) => {
    const runs: Run[] = [];
    let reply: Reply;
    try {
      let passed = call;
      let startedAt = performance.now();
      for (const { name, before, reads } of steps) {
        try {
          // Parse before the control asks: a long message is parsed in turns and doesn't block other calls.
          const reading = reads ? passed.read() : undefined;
          if (reading !== undefined) {
            await reading;
            startedAt = performance.now();
          }
          const begun = before(passed);
          const passing = passingOf(begun instanceof Promise ? await begun : begun);
          if (passing.call.exchange !== call.exchange)
            throw fault(name, 'passed on a call that it did not get: next(call) or next(call.with(…))');
          const now = performance.now();
          runs.push({ given: passed, passing, ms: now - startedAt });
          startedAt = now;
          passed = passing.call;
        } catch (error) {
          note(passed, name, codeOf(error), performance.now() - startedAt);
          throw faultOf(name, error);
        }
      }
      reply = await inner(passed);
    } catch (error) {
      throw failed(steps, runs, error);
    }
    for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
      const { given, passing, ms } = run;
      const step = steps[runs.length];
      if (step === undefined) break;
      try {
        if (passing.replied !== undefined) {
          const attached = reply.transforms.length;
          passing.replied(reply);
          if (attached < reply.transforms.length) checkMapping(step.name, step.replies, step.maps, given.method);
          reply.attribute(attached, step.name, given);
        }
        note(given, step.name, 'pass', ms);
      } catch (error) {
        note(given, step.name, codeOf(error), ms);
        throw failed(steps, runs, faultOf(step.name, error));
      }
    }
    return reply;
  };
}

/** Tells the controls that had passed the call on, the innermost first. @returns the error for those outside them */
function failed(steps: readonly Stepped[], runs: Run[], error: unknown): unknown {
  let told = error;
  for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
    const { given, passing, ms } = run;
    const name = steps[runs.length]?.name ?? '';
    try {
      passing.failed?.(told);
    } catch (fault) {
      note(given, name, codeOf(fault), ms);
      told = faultOf(name, fault);
    }
  }
  return told;
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof ProxyError ? error.code : 'internal';
}
