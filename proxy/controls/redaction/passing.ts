/** The way there and the way back of a call whose content is redacted. */
import type { Call } from '../../call/call.ts';
import type { Control } from '../../pipeline/next.ts';
import { type Detector, findAll, loadDetectors } from '../shared/detectors/index.ts';
import { checkHeaders } from '../shared/surfaces/headers.ts';
import { type Direction, mapCall, mapMessage } from '../shared/surfaces/index.ts';
import type { ScopeWatch } from '../shared/surfaces/scope-watch.ts';
import { type OnFound, Redactor, type Rules } from './redactor.ts';

export interface Ways {
  /** What is taken out on the way to the upstream; undefined: nothing. */
  readonly upstream: Rules | undefined;
  readonly client: Rules | undefined;
  /** Warns of what the config names and the upstream doesn't have. */
  readonly watch: ScopeWatch;
  /** Refuses what was found, by throwing. */
  readonly refuse?: (call: Call, direction: Direction) => OnFound;
}

/** @param control its name, for the facts it leaves */
export function passing(control: string, { upstream, client, watch, refuse }: Ways): Control {
  const detectors: readonly Detector[] = [...(upstream?.detectors ?? []), ...(client?.detectors ?? [])];
  let loaded = detectors.every((detector) => detector.load === undefined);
  const note = (call: Call, { count, types }: Redactor, to: Direction): void => {
    if (count > 0) call.note({ control, redacted: count, types: [...types].sort().join(), to });
  };
  const outward = async (call: Call, rules: Rules): Promise<Call> => {
    if (rules.detectors.length > 0)
      await checkHeaders(call, (text, evidence) => findAll(rules.detectors, text, evidence));
    const redactor = new Redactor(rules, refuse?.(call, 'upstream'));
    const passed = await mapCall(call, redactor);
    note(call, redactor, 'upstream');
    return passed;
  };
  return async (call, next) => {
    watch.see(call);
    if (!loaded) {
      // With the first call, not at start-up: what it loads isn't small.
      await loadDetectors(detectors);
      loaded = true;
    }
    const reply = await next(upstream === undefined ? call : await outward(call, upstream));
    if (client === undefined) return reply;
    return reply.mapMessages(async (message, source) => {
      const redactor = new Redactor(client, refuse?.(call, 'client'));
      const passed = await mapMessage(message, call, redactor, source);
      note(call, redactor, 'client');
      return passed;
    });
  };
}
