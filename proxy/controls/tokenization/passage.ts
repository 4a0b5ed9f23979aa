/** One call on its way there and back. */
import type { Call } from '../../call.ts';
import { Denied } from '../../errors.ts';
import type { JsonObject } from '../../json/lossless.ts';
import type { Reply } from '../../reply.ts';
import { mapCall, mapMessage, type Place, subjectOf, type Visitor } from '../surfaces/index.ts';
import { mayRestore, type MayRestore } from './detokenize.ts';
import { checkHeaders } from './headers.ts';
import { Finder, type Issued, tokensFor } from './hide.ts';
import { restoredText } from './in-text.ts';
import type { Loaded } from './loaded.ts';
import type { TokenizationOptions } from './options.ts';
import { type Restored, type Restoring, TokenFinder, valuesFor } from './restore.ts';
import type { Rules } from './rules.ts';
import { MARKER } from './token.ts';

export interface Setting {
  readonly options: TokenizationOptions;
  readonly rules: Rules;
  readonly loaded: Loaded;
}

/** A walk over all strings of one thing. */
type Walked<T> = (visitor: Visitor) => T;

export class Passage {
  readonly #call: Call;
  readonly #setting: Setting;
  readonly #issued: Issued = new Map();
  #may: MayRestore | undefined;

  constructor(call: Call, setting: Setting) {
    this.#call = call;
    this.#setting = setting;
  }

  /** The call as the upstream gets it. */
  async outward(): Promise<Call> {
    const { options, rules, loaded } = this.#setting;
    let call = this.#call;
    if (!rules.restore.empty && rules.restore.of(subjectOf(call), call.method).length > 0) {
      const restoring: Restoring = { to: 'upstream', at: (place) => rules.restore.permits(place), issued: new Map(), anywhere: true, inUrls: false };
      const before = call;
      call = await this.#restore((visitor) => mapCall(before, visitor), call, restoring);
    }
    if (options.hideFrom === 'client') return call;
    await checkHeaders(call, loaded.detect ?? (await loaded.loadDetectors()));
    return this.#hide((visitor) => mapCall(call, visitor), call, call.message?.text ?? '');
  }

  /** Attaches what is to be done with the reply. */
  inward(reply: Reply): Reply {
    const { options, rules } = this.#setting;
    if (options.hideFrom === 'client') return reply.mapMessages((message) => this.#hide((visitor) => mapMessage(message, this.#call, visitor), message, MARKER));
    const shaped = rules.fields.of(subjectOf(this.#call), this.#call.method).some(({ value }) => value.reverses === true);
    const at = (place: Place): Restored => {
      const field = shaped ? rules.fields.permits(place) : undefined;
      return field?.reverses === true ? { type: field.type } : ANY;
    };
    const restoring: Restoring = { to: 'client', at, issued: this.#issued, anywhere: shaped, inUrls: options.restoreInUrls ?? false };
    const map = (message: JsonObject): Promise<JsonObject> => this.#restore((visitor) => mapMessage(message, this.#call, visitor), message, restoring);
    if (shaped || this.#issued.size > MANY) return reply.mapMessages(map);
    // Where a policy asks for the field, or a token without a marker may be anywhere, only a parse tells.
    const text = options.decide === undefined && this.#issued.size === 0 && this.#call.method === 'tools/call' && this.#call.kind === 'request' ? { text: (json: string) => this.#restoreText(json) } : {};
    reply.mapMessages(map, { contains: MARKER, verbatim: true, ...text });
    for (const token of this.#issued.keys()) reply.mapMessages(map, { contains: token, verbatim: true });
    return reply;
  }

  async #restoreText(json: string): Promise<string | undefined> {
    const { loaded } = this.#setting;
    if (loaded.tokens === undefined) await loaded.loadTokens();
    else await loaded.refresh(json);
    const restored = loaded.tokens === undefined ? undefined : restoredText(json, this.#tenant, loaded.tokens);
    if (restored === undefined) return undefined;
    if (restored.count > 0) this.#call.note({ control: 'tokenization', restored: restored.count, to: 'client' });
    return restored.text;
  }

  /** @param text where our own tokens may be: what is a token already isn't hidden again */
  async #hide<T extends Call | JsonObject>(walked: Walked<T>, unchanged: T, text: string): Promise<T> {
    const { rules, loaded } = this.#setting;
    const detect = loaded.detect ?? (await loaded.loadDetectors());
    let { tokens } = loaded;
    const find = (): Finder => {
      const known = tokens;
      const finder = new Finder(rules, detect, known === undefined ? undefined : (string) => known.own(this.#tenant, string));
      walked(finder);
      return finder;
    };
    let finder = find();
    if (finder.needsKeys) {
      tokens = await loaded.loadTokens();
      finder = find();
    } else if (tokens !== undefined && text.includes(MARKER)) await loaded.refresh(text);
    if (finder.found.length === 0) return unchanged;
    tokens ??= await loaded.loadTokens();
    const replacer = await tokensFor(finder, unchanged, this.#call, this.#tenant, tokens, rules, this.#issued);
    this.#call.note({ control: 'tokenization', hidden: finder.found.reduce((sum, { parts }) => sum + parts.length, 0) });
    return walked(replacer);
  }

  async #restore<T extends Call | JsonObject>(walked: Walked<T>, unchanged: T, restoring: Restoring): Promise<T> {
    const { options, loaded } = this.#setting;
    const finder = new TokenFinder(restoring);
    walked(finder);
    if (finder.found.length === 0) return unchanged;
    if (loaded.tokens === undefined) await loaded.loadTokens();
    else for (const { value } of finder.found) if (typeof value === 'string') await loaded.refresh(value);
    const tokens = loaded.tokens ?? (await loaded.loadTokens());
    this.#may ??= mayRestore(this.#call, options.decide);
    const restored = await valuesFor(finder, this.#tenant, tokens, this.#may);
    if (restored === undefined) return unchanged;
    this.#call.note({ control: 'tokenization', restored: restored.count, to: restoring.to });
    return walked(restored.replacer);
  }

  get #tenant(): string {
    const { tenant } = this.#setting.options;
    if (typeof tenant === 'string') return tenant;
    const value = this.#call.caller.claims[tenant.claim];
    if (typeof value === 'string' && value !== '') return value;
    throw new Denied('the caller has no tenant');
  }
}

const ANY = Object.freeze({});
/** More tokens without a marker than this aren't worth a search each. */
const MANY = 16;
