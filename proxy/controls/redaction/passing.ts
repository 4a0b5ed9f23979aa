/** Redacts a call on its way to the upstream, and its reply on the way back. */
import type { Call } from '../../call/call.ts';
import type { JsonObject } from '../../json/value.ts';
import type { SetupContext } from '../../pipeline/control.ts';
import type { Control } from '../../pipeline/next.ts';
import { inSteps, type Passing } from '../../pipeline/steps.ts';
import type { MapMessage, Note } from '../../reply/mapping.ts';
import type { Reply } from '../../reply/reply.ts';
import { type Detector, findAll, findsTheSame, loadDetectors, useOnce } from '../shared/detectors/index.ts';
import type { KnownValues } from '../shared/known-values.ts';
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
  readonly onWarmUp?: SetupContext['onWarmUp'];
}

/** @param control named in the facts */
export function passing(control: string, { upstream, client, watch, refuse, onWarmUp }: Ways): Control {
  const detectors: readonly Detector[] = [...(upstream?.detectors ?? []), ...(client?.detectors ?? [])];
  let loaded = detectors.every((detector) => detector.load === undefined);
  const isFixed = (client?.detectors ?? []).every(findsTheSame);
  const note = (add: Note, { count, types }: Redactor, to: Direction): void => {
    if (count > 0) add({ control, redacted: count, types: [...types].sort().join(), to });
  };
  const outward = (call: Call, rules: Rules): Call | Promise<Call> => {
    const checked =
      rules.detectors.length === 0
        ? undefined
        : checkHeaders(call, (text, evidence) => findAll(rules.detectors, text, evidence));
    const redact = (): Call | Promise<Call> => {
      const redactor = new Redactor(rules, refuse?.(call, 'upstream'));
      const noted = (sent: Call): Call => {
        note((fact) => call.note(fact), redactor, 'upstream');
        return sent;
      };
      const sent = mapCall(call, redactor);
      return sent instanceof Promise ? sent.then(noted) : noted(sent);
    };
    return checked === undefined ? redact() : checked.then(redact);
  };
  const load = async (): Promise<void> => {
    await loadDetectors(detectors);
    loaded = true;
  };
  onWarmUp?.(async () => {
    await load();
    useOnce(detectors);
  });
  const inward = (reply: Reply, call: Call, client: Rules): void => {
    if (isFixed) reply.dependsOn([]);
    const map: MapMessage = (message, source, add) => {
      const walk = (known?: KnownValues): JsonObject | Promise<JsonObject> => {
        const redactor = new Redactor(client, refuse?.(call, 'client'), known);
        const noted = (passed: JsonObject): JsonObject | Promise<JsonObject> => {
          const missed = known === undefined ? redactor.missed : undefined;
          if (missed !== undefined) return walk(missed);
          note(add, redactor, 'client');
          return passed;
        };
        const passed = mapMessage(message, call, redactor, source);
        return passed instanceof Promise ? passed.then(noted) : noted(passed);
      };
      return walk();
    };
    reply.mapMessages(map, client.mayConcern === undefined ? {} : { when: client.mayConcern, whenAnywhere: true });
  };
  const passed = (call: Call, sent: Call): Call | Passing =>
    client === undefined ? sent : { call: sent, replied: (reply) => inward(reply, call, client) };
  const begin = (call: Call): Call | Passing | Promise<Call | Passing> => {
    const sent = upstream === undefined ? call : outward(call, upstream);
    return sent instanceof Promise ? sent.then((redacted) => passed(call, redacted)) : passed(call, sent);
  };
  return inSteps((call) => {
    watch.see(call);
    if (loaded) return begin(call);
    // Loaded with the first call and not at start-up, because it is large.
    return load().then(() => begin(call));
  });
}
