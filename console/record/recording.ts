import type { Call } from '../../proxy/call/call.ts';
import type { Caller } from '../../proxy/call/caller.ts';
import { nameMember } from '../../proxy/call/name-member.ts';
/** One call while it passes and after: what it was at each point, and what becomes of it. */
import { isRefusal } from '../../proxy/pipeline/decision.ts';
import type { Changed, Detail, Fact, Step, Summary, Text } from './records.ts';
import type { Shown } from './shape.ts';
import { type Copy, MOST } from './tap.ts';
import type { Made } from './watched.ts';

/** Changed messages of one reply that are kept: a stream may have any number. */
const MOST_CHANGES = 20;

/** What a recording needs to know of the proxy. */
export interface Setting {
  /** Names of the controls, outermost first. */
  readonly controls: readonly string[];
  readonly shown: Shown;
  readonly showsValues: boolean;
}

interface Circumstances {
  readonly setting: Setting;
  readonly run: number | undefined;
  /** The call goes to one of several upstreams. */
  readonly isOneOfSeveral: boolean;
}

interface Chain {
  upstream: string;
  inText: boolean;
  steps: { control: string; after: string | undefined; refused: string | undefined }[];
}

export class Recording {
  readonly id: number;
  /** What the client gets of it. */
  readonly copy: Copy;
  /** The run of the console's form that it is part of. */
  readonly run: number | undefined;
  readonly #setting: Setting;
  readonly #call: Pick<Call, 'kind' | 'method' | 'era' | 'version'>;
  readonly #name: string | undefined;
  readonly #caller: Caller;
  readonly #at: number;
  readonly #startedAt = performance.now();
  readonly #multiple: boolean;
  /** The list that the call goes on to fill. */
  readonly #facts: readonly Fact[];
  #request: string | undefined;
  #sent: string | undefined;
  #wasSent = false;
  #upstream: string | undefined;
  #answeredBy: string | undefined;
  /** By the control that passed it on. */
  readonly #passed = new Map<string, string | undefined>();
  /** How many facts there were when it passed it on: later ones are about the reply. */
  readonly #factsThen = new Map<string, number>();
  readonly #replyMs = new Map<string, number>();
  #chains: Chain[] = [];
  #moreChanges = 0;
  #outcome = 'open';
  #ms: number | undefined;
  #upstreamMs: number | undefined;
  #dropped = false;
  #isCut = false;
  #summary: Summary | undefined;

  constructor(id: number, call: Call, copy: Copy, { setting, run, isOneOfSeveral }: Circumstances) {
    this.id = id;
    this.run = run;
    this.copy = copy;
    this.#setting = setting;
    this.#multiple = isOneOfSeveral;
    const { kind, method, era, version } = call;
    this.#call = { kind, method, era, version };
    this.#name = nameOf(call, setting.showsValues);
    this.#caller = call.caller;
    this.#at = call.exchange.arrivedAt;
    this.#facts = call.facts;
    this.#request = call.message?.text;
  }

  passed(control: string, call: Call): void {
    this.#passed.set(control, call.message?.text);
    this.#factsThen.set(control, this.#facts.length);
  }

  sent(call: Call): void {
    this.#wasSent = true;
    this.#sent = call.message?.text;
    this.#upstream = call.upstream.name;
  }

  upstreamTook(ms: number): void {
    this.#upstreamMs = ms;
  }

  answered(by: string | undefined): void {
    this.#answeredBy = by;
  }

  made({ control, ms, before, after, refused, inText = false }: Made): void {
    this.#summary = undefined;
    this.#replyMs.set(control, (this.#replyMs.get(control) ?? 0) + ms);
    if (before === after) return;
    const last = this.#chains.at(-1);
    const step = { control, after, refused };
    if (last !== undefined && last.steps.at(-1)?.after === before) last.steps.push(step);
    // It is parsed after all, so this is the same message again.
    else if (last !== undefined && last.inText && !inText && last.upstream === before)
      this.#chains[this.#chains.length - 1] = { upstream: before, inText, steps: [step] };
    else if (this.#chains.length >= MOST_CHANGES) this.#moreChanges++;
    else this.#chains.push({ upstream: before, inText, steps: [step] });
  }

  /** It was refused, and the client gets an error. */
  refused(code: string): void {
    this.#summary = undefined;
    this.#outcome = code;
  }

  /** The reply ended, with an outcome or with the code of a refusal after its headers. */
  finished(outcome: string): void {
    this.#summary = undefined;
    if (this.#outcome === 'open') this.#outcome = outcome;
    this.delivered(false);
  }

  /** Its last byte is on the way to the client. */
  delivered(isCut: boolean): void {
    this.#summary = undefined;
    this.#ms ??= performance.now() - this.#startedAt;
    if (isCut) this.#isCut = true;
  }

  /** Not yet delivered, or delivered with an outcome that is not known yet. */
  get isOpen(): boolean {
    return this.#ms === undefined || (this.#outcome === 'open' && !this.#isCut);
  }

  get method(): string {
    return this.#call.method;
  }

  /** The upstream that it was sent to. */
  get upstream(): string | undefined {
    return this.#upstream;
  }

  /** Requests with an end of their own: not streams, which last as long as somebody listens. */
  get hasDuration(): boolean {
    return this.#call.kind === 'request' && this.#call.method !== 'subscriptions/listen';
  }

  /** Characters and bytes that it holds, nearly. */
  get weight(): number {
    if (this.#dropped) return SMALL;
    let weight = SMALL + (this.#request?.length ?? 0) + Math.min(this.copy.bytes, MOST);
    // A text that a control didn't change is the same string.
    for (const text of this.#passed.values()) if (text !== this.#request) weight += text?.length ?? 0;
    for (const { upstream, steps } of this.#chains)
      weight += steps.reduce((sum, { after }) => sum + (after?.length ?? 0), upstream.length);
    return weight;
  }

  /** Forgets the texts. */
  drop(): void {
    this.#dropped = true;
    this.#request = this.#sent = undefined;
    this.#passed.clear();
    this.#chains = [];
    this.copy.drop();
  }

  /** Times and refusals by control, for the charts. */
  times(): { readonly control: string; readonly ms: number; readonly refused: string | undefined }[] {
    return this.#steps().map(({ control, ms = 0, replyMs = 0, decision = 'pass', facts, replyFacts }) => ({
      control,
      ms: ms + replyMs,
      refused: isRefusal(decision) ? (ruleOf([...facts, ...replyFacts]) ?? decision) : undefined,
    }));
  }

  /** Made once, when the call has ended: a page asks for those of all calls. */
  get summary(): Summary {
    if (this.isOpen) return this.#summarized();
    return (this.#summary ??= this.#summarized());
  }

  #summarized(): Summary {
    const { kind, method, era } = this.#call;
    const refusing = this.#refusing();
    return {
      id: this.id,
      at: this.#at,
      kind,
      method,
      name: this.#name,
      era,
      caller: callerLabel(this.#caller, this.#setting.showsValues),
      outcome: this.#outcome === 'open' && this.#isCut ? 'cut' : this.#outcome,
      refusedBy: refusing?.control,
      rule: refusing && ruleOf([...refusing.facts, ...refusing.replyFacts]),
      answeredBy: this.#answeredBy,
      ms: rounded(this.#ms),
      upstreamMs: rounded(this.#upstreamMs),
      status: this.copy.status === 0 ? undefined : this.copy.status,
      changed: { request: this.#isRequestChanged(), reply: this.#chains.length > 0 },
      tried: this.run !== undefined,
    };
  }

  get detail(): Detail {
    const { showsValues } = this.#setting;
    const body = this.copy.text();
    return {
      ...this.summary,
      claims: showsValues
        ? this.#caller.claims
        : Object.fromEntries(Object.keys(this.#caller.claims).map((name) => [name, '‹hidden›'])),
      version: this.#call.version,
      upstream: this.#multiple ? this.#upstream : undefined,
      request: this.#text(this.#request),
      sent: this.#wasSent ? this.#text(this.#sent) : undefined,
      steps: this.#steps(),
      changes: this.#chains.map(({ upstream, steps }): Changed => ({
        upstream: this.#shown(upstream),
        steps: steps.map(({ control, after, refused }) => ({
          control,
          ...(after === undefined ? {} : { after: this.#shown(after) }),
          ...(refused === undefined ? {} : { refused }),
        })),
      })),
      moreChanges: this.#moreChanges,
      reply: this.copy.status === 0 ? undefined : { type: this.copy.type, body: this.#body(body) },
      dropped: this.#dropped,
    };
  }

  #body(text: string | undefined): Text {
    if (text === undefined) return { text: '‹a content coding that is not shown›' };
    const more = Math.max(0, this.copy.bytes - MOST);
    const shown = this.copy.type.startsWith('text/event-stream')
      ? text.replaceAll(/^data:[ ]?(.+)$/gm, (_, data: string) => `data: ${this.#setting.shown(data)}`)
      : this.#setting.shown(text);
    return more === 0 ? { text: shown } : { text: shown, more };
  }

  #steps(): Step[] {
    let before = this.#request;
    return this.#setting.controls.map((control) => {
      const decided = this.#facts.find((fact) => fact['control'] === control && typeof fact['decision'] === 'string');
      const passed = this.#passed.get(control);
      const isChanged = passed !== undefined && passed !== before;
      if (passed !== undefined) before = passed;
      const then = this.#factsThen.get(control) ?? Infinity;
      const factsWhen = (isOfRequest: boolean): Fact[] =>
        this.#facts
          .filter((fact, i) => fact['control'] === control && fact !== decided && i < then === isOfRequest)
          .map((fact) => Object.fromEntries(Object.entries(fact).filter(([name]) => name !== 'control')));
      const { decision, ms } = decided ?? {};
      const replyRefused = this.#chains.some(({ steps }) =>
        steps.some((step) => step.control === control && step.refused !== undefined),
      );
      return {
        control,
        decision: replyRefused
          ? this.#outcome
          : typeof decision === 'string'
            ? decision
            : this.#passed.has(control)
              ? 'pass'
              : undefined,
        ms: typeof ms === 'number' ? ms : undefined,
        replyMs: rounded(this.#replyMs.get(control)),
        facts: factsWhen(true),
        replyFacts: factsWhen(false),
        passed: isChanged ? this.#text(passed) : undefined,
      };
    });
  }

  #refusing(): Step | undefined {
    // The innermost is noted first; an outer one may have replaced its refusal.
    const refused = this.#steps().filter(({ decision }) => decision !== undefined && isRefusal(decision));
    return refused.find(({ decision }) => decision === this.#outcome);
  }

  #isRequestChanged(): boolean {
    return this.#passed.values().some((text) => text !== this.#request);
  }

  #text(text: string | undefined): Text | undefined {
    return text === undefined ? undefined : this.#shown(text);
  }

  #shown(text: string): Text {
    if (text.length <= MOST) return { text: this.#setting.shown(text) };
    return { text: this.#setting.shown(text.slice(0, MOST)), more: text.length - MOST };
  }
}

/** What an entry takes besides its texts. */
const SMALL = 1024;

function nameOf(call: Call, showsValues: boolean): string | undefined {
  if (call.name === undefined || showsValues) return call.name;
  return call.method === 'tools/call' || call.method === 'prompts/get' ? call.name : `‹${nameMember(call.method)}›`;
}

function callerLabel({ subject, key, claims }: Caller, showsValues: boolean): string {
  if (key === '') return 'anyone';
  if (!showsValues) return 'a caller';
  return subject ?? JSON.stringify(claims);
}

/** What a control's facts say about the reason. */
function ruleOf(facts: readonly Fact[]): string | undefined {
  const words = facts.flatMap((fact) =>
    Object.entries(fact).map(([name, value]) => (name === 'policy' ? String(value) : `${name}: ${String(value)}`)),
  );
  return words.length === 0 ? undefined : words.join(', ');
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100;
}
