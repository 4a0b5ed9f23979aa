/** Tokenizes one call and its reply. */
import { Denied } from '../../base/errors.ts';
import { SHORT } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import type { Source } from '../../json/digits.ts';
import type { JsonObject } from '../../json/value.ts';
import type { Reply } from '../../reply/reply.ts';
import { answeredToCallerOnly } from '../shared/caller-only.ts';
import { type Detector, findAll } from '../shared/detectors/index.ts';
import type { KnownValues } from '../shared/known-values.ts';
import { checkHeaders } from '../shared/surfaces/headers.ts';
import { mapCall, mapMessage, subjectOf, type Visitor } from '../shared/surfaces/index.ts';
import type { Crossing, Setting, Walked } from './crossing.ts';
import { maySee, type MaySee } from './detokenize.ts';
import { Finder, type VisibleFields } from './finder.ts';
import { withFirstForms } from './first-forms.ts';
import { type Hidden, type Issued, tokensFor } from './hide.ts';
import { leaveVisible, visibleFields } from './leave-visible.ts';
import { restored, restoredForClient } from './restored.ts';
import type { Restoring } from './token-finder.ts';
import { mayHoldTokens } from './token.ts';
import type { Tokens } from './tokens.ts';

/** Writes the replacements of what was found. */
type Put<T> = (hidden: Hidden) => T | Promise<T>;
const always = (): boolean => true;

export class Passage implements Crossing {
  readonly call: Call;
  readonly setting: Setting;
  readonly issued: Issued = new Map();
  #may: MaySee | undefined;

  constructor(call: Call, setting: Setting) {
    this.call = call;
    this.setting = setting;
  }

  /** The call for the upstream, synchronously if everything it needs is loaded. */
  outward(): Call | Promise<Call> {
    const { options, rules } = this.setting;
    const call = this.call;
    if (!rules.restore.empty && rules.restore.of(subjectOf(call), call.method).length > 0) {
      const restoring: Restoring = {
        to: 'upstream',
        at: (place) => rules.restore.permits(place),
        issued: new Map(),
        anywhere: true,
        inUrls: false,
      };
      const passed = restored(this, (visitor) => mapCall(call, visitor), call, restoring, always);
      return options.hideFrom === 'client' ? passed : passed.then((changed) => this.#hideIn(changed));
    }
    return options.hideFrom === 'client' ? call : this.#hideIn(call);
  }

  #hideIn(call: Call): Call | Promise<Call> {
    const { detectors } = this.setting.loaded;
    if (detectors === undefined) return this.setting.loaded.loadDetectors().then(() => this.#hideIn(call));
    const checked = checkHeaders(call, (text, evidence) => findAll(detectors, text, evidence));
    return checked === undefined
      ? this.#hideInText(call, detectors)
      : checked.then(() => this.#hideInText(call, detectors));
  }

  #hideInText(call: Call, detectors: readonly Detector[]): Call | Promise<Call> {
    const text = call.message?.text ?? '';
    const { tokens } = this.setting.loaded;
    if (!mayHoldTokens(text)) {
      if (this.setting.rules.mayConcern?.(text) === false) return call;
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
    const simple = withFirstForms(call, finder, this.tenant, tokens);
    if (simple === undefined) return this.#replaced(finder, call, tokens, (hidden) => written(call, hidden));
    this.#noteHidden(finder);
    return simple;
  }

  #noteHidden(finder: Finder): void {
    let count = 0;
    for (const { parts } of finder.found) count += parts.length;
    this.call.note({ control: this.setting.name, hidden: count });
  }

  /** Attaches the transformations of the reply. */
  inward(reply: Reply): Reply {
    if (this.setting.options.hideFrom === 'client')
      return reply.mapMessages((message, source) => this.#hideFromClient(message, source));
    return restoredForClient(reply, this);
  }

  #hideFromClient(message: JsonObject, source: Source | undefined): JsonObject | Promise<JsonObject> {
    const walked = (visitor: Visitor): JsonObject | Promise<JsonObject> =>
      mapMessage(message, this.call, visitor, source);
    const forCaller = (hidden: JsonObject): JsonObject =>
      this.dependsOnCaller ? answeredToCallerOnly(hidden) : hidden;
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
    const { detectors, tokens } = this.setting.loaded;
    const { decide } = this.setting.options;
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
    const { loaded } = this.setting;
    const detectors = loaded.detectors ?? (await loaded.loadDetectors());
    let { tokens } = loaded;
    let finder = await this.#found(walked, detectors, tokens);
    if (finder.needsKeys) {
      tokens = await loaded.loadTokens();
      finder = await this.#found(walked, detectors, tokens);
    } else if (tokens !== undefined && text !== undefined && mayHoldTokens(text)) await loaded.refresh(text);
    if (finder.found.length === 0) return unchanged;
    if (clear !== undefined && this.setting.options.decide !== undefined) {
      const visible = await visibleFields(finder, this.maySee, 'client');
      if (visible !== undefined) finder = await this.#found(walked, detectors, tokens, visible);
      const count = (visible?.count ?? 0) + (await leaveVisible(finder, this.maySee, 'client'));
      if (count > 0) this.call.note({ control: this.setting.name, visible: count, to: 'client' });
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
    const own = tokens && ((text: string) => tokens.own(this.tenant, text));
    const walk = (known?: KnownValues): Finder | Promise<Finder> => {
      const finder = new Finder(this.setting.rules, detectors, own, visible, known);
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
    const hidden = tokensFor(finder, unchanged, this.call, this.tenant, tokens, this.setting.rules, this.issued);
    return hidden instanceof Promise ? hidden.then(noted) : noted(hidden);
  }

  get maySee(): MaySee {
    return (this.#may ??= maySee(this.call, this.setting.options.decide));
  }

  /** Whether another caller would get another reply. */
  get dependsOnCaller(): boolean {
    const { decide, tenant } = this.setting.options;
    return decide !== undefined || typeof tenant !== 'string';
  }

  get tenant(): string {
    const { tenant } = this.setting.options;
    if (typeof tenant === 'string') return tenant;
    const value = this.call.caller.claims[tenant.claim];
    if (typeof value === 'string' && value !== '') return value;
    throw new Denied('not permitted: expected a claim that names the tenant, got none');
  }
}

/** The call with the tokens of its findings. */
function written(call: Call, { replacer, scalars }: Hidden): Call | Promise<Call> {
  return scalars === undefined ? mapCall(call, replacer) : call.withArguments(scalars);
}
