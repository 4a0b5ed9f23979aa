/** Tokenizes one call and its reply. */
import { Denied } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { inTurns, SHORT } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import type { Source } from '../../json/digits.ts';
import type { JsonObject } from '../../json/value.ts';
import type { TextEdit } from '../../reply/mapping.ts';
import type { Reply } from '../../reply/reply.ts';
import { answeredToCallerOnly } from '../shared/caller-only.ts';
import { type Detector, findAll } from '../shared/detectors/index.ts';
import type { KnownValues } from '../shared/known-values.ts';
import { checkHeaders } from '../shared/surfaces/headers.ts';
import { mapCall, mapMessage, type Place, subjectOf, type Visitor } from '../shared/surfaces/index.ts';
import { maySee, type MaySee } from './detokenize.ts';
import { Finder, type VisibleFields } from './finder.ts';
import { withFirstForms } from './first-forms.ts';
import { type Hidden, type Issued, tokensFor } from './hide.ts';
import { restoredIn } from './in-text.ts';
import { leaveVisible, visibleFields } from './leave-visible.ts';
import type { Loaded } from './loaded.ts';
import type { TokenizationOptions } from './options.ts';
import { valuesFor } from './restore.ts';
import type { Rules } from './rules.ts';
import { type Restored, type Restoring, TokenFinder } from './token-finder.ts';
import { mayHoldTokens } from './token.ts';
import type { Tokens } from './tokens.ts';

export interface Setting {
  /** The control's name, for facts. */
  readonly name: string;
  readonly options: TokenizationOptions;
  readonly rules: Rules;
  readonly loaded: Loaded;
}

/** Writes the replacements of what was found. */
type Put<T> = (hidden: Hidden) => T | Promise<T>;
/** A walk over all strings of a call or message. */
type Walked<T> = (visitor: Visitor) => T | Promise<T>;

export class Passage {
  readonly #call: Call;
  readonly #setting: Setting;
  readonly #issued: Issued = new Map();
  #may: MaySee | undefined;
  /** The message whose restored tokens were already noted as a fact; it may still have to be parsed. */
  #noted: string | undefined;
  /** Messages whose tokens are restored: one may have a marker and tokens without one. */
  #done: WeakSet<JsonObject> | undefined;

  constructor(call: Call, setting: Setting) {
    this.#call = call;
    this.#setting = setting;
  }

  /** The call for the upstream, synchronously if everything it needs is loaded. */
  outward(): Call | Promise<Call> {
    const { options, rules } = this.#setting;
    const call = this.#call;
    if (!rules.restore.empty && rules.restore.of(subjectOf(call), call.method).length > 0) {
      const restoring: Restoring = {
        to: 'upstream',
        at: (place) => rules.restore.permits(place),
        issued: new Map(),
        anywhere: true,
        inUrls: false,
      };
      const restored = this.#restore((visitor) => mapCall(call, visitor), call, restoring);
      return options.hideFrom === 'client' ? restored : restored.then((changed) => this.#hideIn(changed));
    }
    return options.hideFrom === 'client' ? call : this.#hideIn(call);
  }

  #hideIn(call: Call): Call | Promise<Call> {
    const { detectors } = this.#setting.loaded;
    if (detectors === undefined) return this.#setting.loaded.loadDetectors().then(() => this.#hideIn(call));
    const checked = checkHeaders(call, (text, evidence) => findAll(detectors, text, evidence));
    return checked === undefined
      ? this.#hideInText(call, detectors)
      : checked.then(() => this.#hideInText(call, detectors));
  }

  #hideInText(call: Call, detectors: readonly Detector[]): Call | Promise<Call> {
    const text = call.message?.text ?? '';
    const { tokens } = this.#setting.loaded;
    if (!mayHoldTokens(text)) {
      if (this.#setting.rules.mayConcern?.(text) === false) return call;
      if (tokens !== undefined && text.length <= SHORT) {
        const finder = this.#found((visitor) => mapCall(call, visitor), detectors, tokens);
        if (finder instanceof Promise) return finder.then((found) => this.#hideFound(call, found, tokens));
        return this.#hideFound(call, finder, tokens);
      }
    }
    return this.#hide(
      (visitor) => mapCall(call, visitor),
      call,
      text,
      (hidden) => written(call, hidden),
    );
  }

  #hideFound(call: Call, finder: Finder, tokens: Tokens): Call | Promise<Call> {
    if (finder.found.length === 0) return call;
    const simple = withFirstForms(call, finder, this.#tenant, tokens);
    if (simple === undefined) return this.#replaced(finder, call, tokens, (hidden) => written(call, hidden));
    this.#noteHidden(finder);
    return simple;
  }

  #noteHidden(finder: Finder): void {
    let count = 0;
    for (const { parts } of finder.found) count += parts.length;
    this.#call.note({ control: this.#setting.name, hidden: count });
  }

  /** Attaches the transformations of the reply. */
  inward(reply: Reply): Reply {
    const { options, rules } = this.#setting;
    if (options.hideFrom === 'client')
      return reply.mapMessages((message, source) => this.#hideFromClient(message, source));
    const shaped =
      !rules.fields.empty &&
      rules.fields.of(subjectOf(this.#call), this.#call.method).some(({ value }) => value.reverses === true);
    const map = (message: JsonObject, source: Source | undefined): Promise<JsonObject> =>
      this.#restoreIn(message, source, shaped);
    if (shaped || this.#issued.size > MANY) return reply.mapMessages(map);
    const once =
      this.#issued.size === 0
        ? map
        : async (message: JsonObject, source: Source | undefined): Promise<JsonObject> => {
            const done = (this.#done ??= new WeakSet());
            if (done.has(message)) return message;
            const mapped = await map(message, source);
            done.add(mapped);
            return mapped;
          };
    // If a policy decides by field, or a token without a marker may be anywhere, the message must be parsed.
    const text =
      options.decide === undefined &&
      this.#issued.size === 0 &&
      this.#call.method === 'tools/call' &&
      this.#call.kind === 'request'
        ? (json: string) => this.#restoreText(json)
        : undefined;
    reply.mapMessages(once, text === undefined ? MARKED : { ...MARKED, text });
    for (const token of this.#issued.keys()) reply.mapMessages(once, { contains: token, verbatim: true });
    return reply;
  }

  /** @param shaped fields of the call hold tokens without a marker, which are turned back there */
  async #restoreIn(message: JsonObject, source: Source | undefined, shaped: boolean): Promise<JsonObject> {
    const { options, rules } = this.#setting;
    const at = (place: Place): Restored => {
      const field = shaped ? rules.fields.permits(place) : undefined;
      return field?.reverses === true ? { type: field.type } : ANY;
    };
    const restored = await this.#restore(
      (visitor) => mapMessage(message, this.#call, visitor, source),
      message,
      { to: 'client', at, issued: this.#issued, anywhere: shaped, inUrls: options.restoreInUrls ?? false },
      source?.json,
    );
    return restored === message || !this.#dependsOnCaller ? restored : answeredToCallerOnly(restored);
  }

  async #restoreText(json: string): Promise<readonly TextEdit[] | undefined> {
    const { loaded } = this.#setting;
    if (loaded.tokens === undefined) await loaded.loadTokens();
    else await loaded.refresh(json);
    const restored =
      loaded.tokens === undefined ? undefined : await inTurns(restoredIn(json, this.#tenant, loaded.tokens));
    if (restored !== undefined && restored.length > 0) {
      this.#call.note({ control: this.#setting.name, restored: restored.length, to: 'client' });
      this.#noted = json;
    }
    return restored;
  }

  #hideFromClient(message: JsonObject, source: Source | undefined): JsonObject | Promise<JsonObject> {
    const walked = (visitor: Visitor): JsonObject | Promise<JsonObject> =>
      mapMessage(message, this.#call, visitor, source);
    const forCaller = (hidden: JsonObject): JsonObject =>
      this.#dependsOnCaller ? answeredToCallerOnly(hidden) : hidden;
    const put = async ({ replacer }: Hidden): Promise<JsonObject> => forCaller(await walked(replacer));
    return this.#hide(walked, message, undefined, put, forCaller);
  }

  /**
   * @param text where our own tokens may be, which are not hidden again; undefined: anywhere
   * @param put writes the tokens of the findings
   * @param clear what becomes of a message whose findings the client may all see; without it, no finding may be seen
   */
  #hide<T extends Call | JsonObject>(
    walked: Walked<T>,
    unchanged: T,
    text: string | undefined,
    put: Put<T>,
    clear?: (unchanged: T) => T,
  ): T | Promise<T> {
    const { detectors, tokens } = this.#setting.loaded;
    const { decide } = this.#setting.options;
    if (
      detectors === undefined ||
      text === undefined ||
      mayHoldTokens(text) ||
      (clear !== undefined && decide !== undefined)
    )
      return this.#hideLater(walked, unchanged, text, put, clear);
    const replace = (finder: Finder): T | Promise<T> => {
      if (finder.found.length === 0) return unchanged;
      return tokens === undefined
        ? this.#hideLater(walked, unchanged, text, put, clear)
        : this.#replaced(finder, unchanged, tokens, put);
    };
    const finding = this.#found(walked, detectors, tokens);
    return finding instanceof Promise ? finding.then(replace) : replace(finding);
  }

  async #hideLater<T extends Call | JsonObject>(
    walked: Walked<T>,
    unchanged: T,
    text: string | undefined,
    put: Put<T>,
    clear: ((unchanged: T) => T) | undefined,
  ): Promise<T> {
    const { loaded } = this.#setting;
    const detectors = loaded.detectors ?? (await loaded.loadDetectors());
    let { tokens } = loaded;
    let finder = await this.#found(walked, detectors, tokens);
    if (finder.needsKeys) {
      tokens = await loaded.loadTokens();
      finder = await this.#found(walked, detectors, tokens);
    } else if (tokens !== undefined && text !== undefined && mayHoldTokens(text)) await loaded.refresh(text);
    if (finder.found.length === 0) return unchanged;
    if (clear !== undefined && this.#setting.options.decide !== undefined) {
      const visible = await visibleFields(finder, this.#maySee, 'client');
      if (visible !== undefined) finder = await this.#found(walked, detectors, tokens, visible);
      const count = (visible?.count ?? 0) + (await leaveVisible(finder, this.#maySee, 'client'));
      if (count > 0) this.#call.note({ control: this.#setting.name, visible: count, to: 'client' });
      if (finder.found.length === 0) return clear(unchanged);
    }
    return this.#replaced(finder, unchanged, tokens ?? (await loaded.loadTokens()), put);
  }

  #found<T>(
    walked: Walked<T>,
    detectors: readonly Detector[],
    tokens: Tokens | undefined,
    visible?: VisibleFields,
  ): Finder | Promise<Finder> {
    const own = tokens && ((text: string) => tokens.own(this.#tenant, text));
    const walk = (known?: KnownValues): Finder | Promise<Finder> => {
      const finder = new Finder(this.#setting.rules, detectors, own, visible, known);
      const walking = walked(finder);
      return walking instanceof Promise ? walking.then(() => finder) : finder;
    };
    // What a field holds may also be in a text before it.
    const again = (finder: Finder): Finder | Promise<Finder> => (finder.isEarly ? walk(finder.known) : finder);
    const finder = walk(visible?.hidden);
    return finder instanceof Promise ? finder.then(again) : again(finder);
  }

  #replaced<T extends Call | JsonObject>(finder: Finder, unchanged: T, tokens: Tokens, put: Put<T>): T | Promise<T> {
    const noted = (hidden: Hidden): T | Promise<T> => {
      this.#noteHidden(finder);
      return put(hidden);
    };
    for (const { fixed, surface, parts } of finder.found)
      if (fixed)
        throw new Denied(`${surface}: expected no ${parts[0]?.type} in a value that software relies on, got one`);
    const hidden = tokensFor(finder, unchanged, this.#call, this.#tenant, tokens, this.#setting.rules, this.#issued);
    return hidden instanceof Promise ? hidden.then(noted) : noted(hidden);
  }

  async #restore<T extends Call | JsonObject>(
    walked: Walked<T>,
    unchanged: T,
    restoring: Restoring,
    json?: string,
  ): Promise<T> {
    const { loaded } = this.#setting;
    const finder = new TokenFinder(restoring);
    await walked(finder);
    if (finder.broken > 0) this.#report(finder.broken);
    if (finder.found.length === 0) return unchanged;
    if (loaded.tokens === undefined) await loaded.loadTokens();
    else for (const { value } of finder.found) if (typeof value === 'string') await loaded.refresh(value);
    const tokens = loaded.tokens ?? (await loaded.loadTokens());
    const restored = await valuesFor(finder, this.#tenant, tokens, this.#maySee);
    if (restored === undefined) return unchanged;
    if (json === undefined || json !== this.#noted)
      this.#call.note({ control: this.#setting.name, restored: restored.count, to: restoring.to });
    return walked(restored.replacer);
  }

  /** Tokens that were cut or changed: the upstream no longer has what they stood for. */
  #report(broken: number): void {
    this.#call.note({ control: this.#setting.name, broken });
    log.warn('tokens came back cut or changed, so they stay: does the upstream limit the length or change the case?', {
      event: 'tokenization',
      broken,
      tool: this.#call.method === 'tools/call' ? this.#call.name : undefined,
    });
  }

  get #maySee(): MaySee {
    return (this.#may ??= maySee(this.#call, this.#setting.options.decide));
  }

  /** Whether another caller would get another reply. */
  get #dependsOnCaller(): boolean {
    const { decide, tenant } = this.#setting.options;
    return decide !== undefined || typeof tenant !== 'string';
  }

  get #tenant(): string {
    const { tenant } = this.#setting.options;
    if (typeof tenant === 'string') return tenant;
    const value = this.#call.caller.claims[tenant.claim];
    if (typeof value === 'string' && value !== '') return value;
    throw new Denied('not permitted: expected a claim that names the tenant, got none');
  }
}

/** The call with the tokens of its findings. */
function written(call: Call, { replacer, scalars }: Hidden): Call | Promise<Call> {
  return scalars === undefined ? mapCall(call, replacer) : call.withArguments(scalars);
}

const ANY = Object.freeze({});
/** Messages that may hold a token with a marker. */
const MARKED = Object.freeze({ when: mayHoldTokens, whenAnywhere: true, whenNamed: 'tokens' });
/** With more tokens without a marker than this, a search for each costs too much. */
const MANY = 16;
