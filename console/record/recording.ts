/** One call while it passes and after: what it was at each point, and what becomes of it. */
import type { Call } from '../../proxy/call/call.ts';
import type { Caller } from '../../proxy/call/caller.ts';
import { isRefusal } from '../../proxy/pipeline/decision.ts';
import { Changes } from './changes.ts';
import { mapEvents, isEventStream } from './events.ts';
import type { Kept } from './kept.ts';
import { callerLabel, methodLabel, nameLabel, rounded, shortened } from './labels.ts';
import { httpOutcome } from './outcomes.ts';
import { Passes, refusing, ruleOf } from './passes.ts';
import type { Detail, Step, Summary, Text } from './records.ts';
import type { Shown } from './shape.ts';
import { type Copy, MOST } from './tap.ts';
import { toldIds } from './told.ts';
import type { Made } from './watched.ts';

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

export class Recording implements Kept {
  readonly id: number;
  /** What the client gets of it. */
  readonly copy: Copy;
  /** The run of the console's form that it is part of. */
  readonly run: number | undefined;
  readonly #setting: Setting;
  readonly #call: Pick<Call, 'kind' | 'method' | 'era' | 'version'>;
  /** Of the method. */
  readonly #label: string;
  readonly #name: string | undefined;
  readonly #callerLabel: string;
  /** Claims can be long. */
  #claims: Caller['claims'];
  readonly #claimsLength: number;
  readonly #at: number;
  readonly #startedAt = performance.now();
  readonly #multiple: boolean;
  readonly #passes: Passes;
  readonly #changes = new Changes();
  #request: string | undefined;
  #sent: string | undefined;
  #wasSent = false;
  #upstream: string | undefined;
  #answeredBy: string | undefined;
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
    this.#call = { kind, method: shortened(method), era, version: version && shortened(version) };
    this.#label = methodLabel(method, setting.showsValues);
    this.#name = nameLabel(call, setting.showsValues);
    this.#callerLabel = callerLabel(call.caller, setting.showsValues);
    this.#claims = call.caller.claims;
    this.#claimsLength = lengthOf(call.caller.claims);
    this.#at = call.exchange.arrivedAt;
    this.#passes = new Passes(setting.controls, call.facts);
    this.#request = call.message?.text;
  }

  passed(control: string, call: Call): void {
    this.#passes.passed(control, call.message?.text);
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

  made(made: Made): void {
    this.#summary = undefined;
    this.#passes.replied(made.control, made.ms);
    this.#changes.add(made);
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

  /** Requests that end by themselves. Streams last as long as a client listens. */
  get hasDuration(): boolean {
    return this.#call.kind === 'request' && this.#call.method !== 'subscriptions/listen';
  }

  /** Characters and bytes that it holds, nearly. */
  get weight(): number {
    if (this.#dropped) return SMALL;
    return (
      SMALL +
      this.#claimsLength +
      (this.#request?.length ?? 0) +
      Math.min(this.copy.bytes, MOST) +
      this.#passes.weight(this.#request) +
      this.#changes.weight
    );
  }

  /** Read when it has ended, if the client got an error of the proxy. */
  get toldIds(): readonly string[] {
    if (!isRefusal(this.#outcome) || NOT_TOLD.has(this.#outcome)) return [];
    return toldIds(this.copy.type, this.copy.text() ?? '');
  }

  /** Forgets the texts. */
  drop(): void {
    this.#dropped = true;
    this.#request = this.#sent = undefined;
    this.#claims = {};
    this.#passes.drop();
    this.#changes.drop();
    this.copy.drop();
  }

  /** Times and refusals by control, for the charts. */
  times(): { readonly control: string; readonly ms: number; readonly refused: string | undefined }[] {
    return this.#steps().map((step) => ({
      control: step.control,
      ms: (step.ms ?? 0) + (step.replyMs ?? 0),
      refused: step.decision !== undefined && isRefusal(step.decision) ? (ruleOf(step) ?? step.decision) : undefined,
    }));
  }

  /** Made once, when the call has ended: a page asks for those of all calls. */
  get summary(): Summary {
    if (this.isOpen) return this.#summarized();
    return (this.#summary ??= this.#summarized());
  }

  #summarized(): Summary {
    const { kind, era } = this.#call;
    const refused = refusing(this.#steps(), this.#outcome);
    return {
      id: this.id,
      at: this.#at,
      kind,
      method: this.#label,
      name: this.#name,
      era,
      caller: this.#callerLabel,
      outcome: this.#outcome === 'open' && this.#isCut ? 'cut' : httpOutcome(this.#outcome, this.copy.status),
      refusedBy: refused?.control,
      rule: refused && ruleOf(refused),
      answeredBy: this.#answeredBy,
      ms: rounded(this.#ms),
      upstreamMs: rounded(this.#upstreamMs),
      status: this.copy.status === 0 ? undefined : this.copy.status,
      changed: { request: this.#passes.changed(this.#request), reply: this.#changes.any },
      tried: this.run !== undefined,
    };
  }

  get detail(): Detail {
    const { showsValues } = this.#setting;
    const body = this.copy.text();
    return {
      ...this.summary,
      claims: showsValues
        ? this.#claims
        : Object.fromEntries(Object.keys(this.#claims).map((name) => [name, '‹hidden›'])),
      version: this.#version(),
      upstream: this.#multiple ? this.#upstream : undefined,
      request: this.#text(this.#request),
      sent: this.#wasSent ? this.#text(this.#sent) : undefined,
      steps: this.#steps(),
      changes: this.#changes.shown((text) => this.#shown(text)),
      moreChanges: this.#changes.more,
      reply: this.copy.status === 0 ? undefined : { type: this.#type(), body: this.#body(body) },
      dropped: this.#dropped,
    };
  }

  /** A client may send any text. */
  #version(): string | undefined {
    const { version } = this.#call;
    return version === undefined || this.#setting.showsValues || VERSION.test(version) ? version : '‹hidden›';
  }

  /** An upstream may send any text. */
  #type(): string {
    const { type } = this.copy;
    if (this.#setting.showsValues) return type;
    return isEventStream(type)
      ? 'text/event-stream'
      : type.startsWith('application/json')
        ? 'application/json'
        : '‹hidden›';
  }

  #body(text: string | undefined): Text {
    if (text === undefined) return { text: '‹a content coding that is not shown›' };
    const more = Math.max(0, this.copy.bytes - MOST);
    const { shown: show, showsValues } = this.#setting;
    const shown =
      !showsValues && isEventStream(this.copy.type)
        ? mapEvents(text, {
            data: (data) => (data === '' ? '' : show(data)),
            field: (name, value) => (name === 'event' && value === 'message' ? value : '‹hidden›'),
          })
        : show(text);
    return more === 0 ? { text: shown } : { text: shown, more };
  }

  #steps(): Step[] {
    return this.#passes.steps(this.#request, this.#changes, this.#outcome, (text) => this.#text(text));
  }

  #text(text: string | undefined): Text | undefined {
    return text === undefined ? undefined : this.#shown(text);
  }

  #shown(text: string): Text {
    if (text.length <= MOST) return { text: this.#setting.shown(text) };
    return { text: this.#setting.shown(text.slice(0, MOST)), more: text.length - MOST };
  }
}

const VERSION = /^\d{4}-\d{2}-\d{2}$/;

/** Calls of one token share their claims. */
const lengths = new WeakMap<object, number>();

function lengthOf(claims: object): number {
  let length = lengths.get(claims);
  if (length === undefined) lengths.set(claims, (length = JSON.stringify(claims).length));
  return length;
}

/** Outcomes without an error of the proxy. */
const NOT_TOLD: ReadonlySet<string> = new Set(['ok', 'unknown', 'open', 'tool-error', 'rpc-error', 'cut']);

/** What an entry takes besides its texts. */
const SMALL = 1024;
