/** Redacts a call on its way to the upstream, and its reply on the way back. */
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Control } from '../../pipeline/next.ts';
import type { MapMessage, Note } from '../../reply/reply.ts';
import { type Detector, findAll, findsTheSame, loadDetectors } from '../shared/detectors/index.ts';
import { checkHeaders } from '../shared/surfaces/headers.ts';
import { type Direction, mapCall, mapMessage } from '../shared/surfaces/index.ts';
import type { ScopeWatch } from '../shared/surfaces/scope-watch.ts';
import { type OnFound, Redactor, type Rules } from './redactor.ts';

export interface Ways {
  /** The rules for the way to the upstream; undefined if nothing is removed. */
  readonly upstream: Rules | undefined;
  readonly client: Rules | undefined;
  /** Reports names in the config that the upstream does not have. */
  readonly watch: ScopeWatch;
  /** Refuses findings by throwing. */
  readonly refuse?: (call: Call, direction: Direction) => OnFound;
}

/** @param control named in the facts */
export function passing(control: string, { upstream, client, watch, refuse }: Ways): Control {
  const detectors: readonly Detector[] = [...(upstream?.detectors ?? []), ...(client?.detectors ?? [])];
  let loaded = detectors.every((detector) => detector.load === undefined);
  const isFixed = (client?.detectors ?? []).every(findsTheSame);
  const note = (add: Note, { count, types }: Redactor, to: Direction): void => {
    if (count > 0) add({ control, redacted: count, types: [...types].sort().join(), to });
  };
  const outward = async (call: Call, rules: Rules): Promise<Call> => {
    if (rules.detectors.length > 0)
      await checkHeaders(call, (text, evidence) => findAll(rules.detectors, text, evidence));
    const redactor = new Redactor(rules, refuse?.(call, 'upstream'));
    const passed = await mapCall(call, redactor);
    note((fact) => call.note(fact), redactor, 'upstream');
    return passed;
  };
  return async (call, next) => {
    watch.see(call);
    if (!loaded) {
      // Loaded with the first call and not at start-up, because it is large.
      await loadDetectors(detectors);
      loaded = true;
    }
    const reply = await next(upstream === undefined ? call : await outward(call, upstream));
    if (client === undefined) return reply;
    if (isFixed) reply.dependsOn([]);
    const map: MapMessage = (message, source, add) => {
      const redactor = new Redactor(client, refuse?.(call, 'client'));
      const noted = (passed: JsonObject): JsonObject => {
        note(add, redactor, 'client');
        return passed;
      };
      const passed = mapMessage(message, call, redactor, source);
      return passed instanceof Promise ? passed.then(noted) : noted(passed);
    };
    return reply.mapMessages(
      map,
      client.mayConcern === undefined ? {} : { when: client.mayConcern, whenAnywhere: true },
    );
  };
}
