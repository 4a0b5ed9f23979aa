/** Runs a control that only observes: what it would refuse or change is noted, and nothing of it is done. */
import { ControlFault, faultOf, ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { inTurns } from '../base/turns.ts';
import { Answer } from '../call/answer.ts';
import type { Call } from '../call/call.ts';
import type { Reply } from '../reply/reply.ts';
import { asControl } from './by-method.ts';
import type { DefinedControl, SetupContext } from './control.ts';
import type { Control } from './next.ts';

/** The same control, observing only: its refusals are noted but not enforced, and its changes are not made. */
export function auditOnly(control: DefinedControl): DefinedControl {
  return Object.freeze({
    ...control,
    auditOnly: true,
    arguments: [],
    replies: control.replies === 'ignores' ? ('ignores' as const) : ('observes' as const),
    setup: async (context: SetupContext) =>
      observing(control.name, asControl(await control.setup({ ...context, auditOnly: true }), control.name)),
  });
}

function observing(name: string, control: Control): Control {
  return async (call, next) => {
    let passed: Promise<Reply> | undefined;
    let failure: unknown;
    const answers = call.exchange.channels.answersMade;
    // What it answered is not used, so the layers further in must not count it.
    const answered = (): boolean => {
      const any = call.exchange.channels.answersMade !== answers;
      call.exchange.channels.answersMade = answers;
      return any;
    };
    const observe = async (changed: Call): Promise<Reply> => {
      if (passed !== undefined) throw new ControlFault(`control ${name} called next() twice`);
      if (answered()) throw new ControlFault(`control ${name} called next() for a call that it answered`);
      if (changed !== call) call.note({ control: name, wouldChange: 'call' });
      passed = next(call);
      try {
        return (await passed).observed();
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      const returned = await control(call, (changed) => {
        const observed = observe(changed);
        observed.catch(ignore);
        return observed;
      });
      if (returned instanceof Answer) {
        if (passed !== undefined)
          throw new ControlFault(`control ${name} answered a call that it passed on with next()`);
        const { isError } = await inTurns(returned.write());
        call.note({ control: name, wouldAnswer: isError ? 'tool-error' : 'ok' });
      } else if (passed === undefined)
        throw new ControlFault(
          `control ${name} returned without calling next(): refuse by throwing, or return call.answer(result)`,
        );
    } catch (error) {
      // A failure further in is thrown by the awaited reply below.
      if (passed === undefined || error !== failure) {
        call.note({ control: name, wouldDeny: error instanceof ProxyError ? error.code : 'internal' });
        if (!(error instanceof ProxyError))
          log.error('a control that only observes failed', { event: 'control', error: faultOf(name, error) });
      }
    }
    if (passed !== undefined) return passed;
    answered();
    return next(call);
  };
}

function ignore(): void {}
