/** Maps values to tokens and back, for one tenant at a time. */
import { Cache } from '../../base/cache.ts';
import { flat } from '../../base/flat.ts';
import type { Work } from '../../base/turns.ts';
import { writeAddress } from './address.ts';
import type { Cipher } from './cipher.ts';
import type { Part } from './find.ts';
import type { FoundToken } from './found-token.ts';
import { shapedNumber } from './shaped-number.ts';
import { isWord, word } from './shaped-word.ts';
import { shapedFor } from './shaped.ts';
import { mayBeOf, readTokens, URL_PREFIX, writePlain } from './token.ts';
import { wrappedToken } from './wrapped.ts';

/**
 * The forms of a token, the simplest first; the last two have no marker. A value of type `email` always gets the form
 * of an address, so that it has the same token everywhere.
 */
const FORMS = ['plain', 'email', 'url', 'shaped', 'word'] as const;
const EMAIL_FORMS = ['email', 'plain', 'url', 'shaped', 'word'] as const;
export type Form = (typeof FORMS)[number];
/** The index of the first form without a marker. */
export const SHAPED = FORMS.indexOf('shaped');
export const LAST = FORMS.length - 1;

export function formsOf(type: string): readonly Form[] {
  return type === 'email' ? EMAIL_FORMS : FORMS;
}

/** An opened token. */
export interface Opened {
  readonly type: string;
  readonly value: string;
}

/** Maximum bytes of recent results that are cached, in each direction; and maximum characters of a cached input. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_CHARACTERS = 512;
/** Maximum number of tokens in one another. */
const MAX_DEPTH = 2;

export class Tokens {
  readonly #cipher: Cipher;
  readonly #types: readonly string[];
  readonly #made = new Cache<string | undefined>({ maxBytes: MAX_BYTES, maxKey: MAX_CHARACTERS });
  readonly #opened = new Cache<Opened | undefined>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_CHARACTERS,
    weigh: (opened) => 64 + 2 * (opened?.value.length ?? 0),
  });

  /** @param types all types that tokens may have */
  constructor(cipher: Cipher, types: readonly string[]) {
    this.#cipher = cipher;
    this.#types = types;
  }

  /** The token of a value in one form; undefined if there is none. */
  token(
    tenant: string,
    { type, value, percent }: Pick<Part, 'type' | 'value' | 'percent'>,
    form: Form,
  ): string | undefined {
    // Forms and types contain no space, so keys are unambiguous.
    const token = this.#made.getOrMake(`${form} ${type} ${tenant.length} ${tenant}${value}`, () =>
      this.#make(tenant, type, value, form),
    );
    return percent && form !== 'plain' && token !== undefined ? token.replace('@', '%40') : token;
  }

  #make(tenant: string, type: string, value: string, form: Form): string | undefined {
    if (form === 'shaped') return shapedFor(type, value).hide(value, this.#cipher.permutation(tenant, type));
    if (form === 'word') return word.hide(value, this.#cipher.permutation(tenant, type));
    const sealed = this.#cipher.seal(tenant, type, value, form === 'email');
    if (sealed === undefined) return undefined;
    if (form === 'email') return writeAddress(sealed, type);
    return form === 'url' ? `${URL_PREFIX}${writePlain(sealed)}` : writePlain(sealed);
  }

  /** Undefined: not our token, or another tenant's. */
  open(tenant: string, token: FoundToken): Opened | undefined {
    return this.#opened.getOrMake(`${tenant.length} ${tenant}${token.text}`, () => this.#open(tenant, token, 0));
  }

  /** Whether it has a key and a type of ours: if it can't be opened, it was changed, or is another tenant's. */
  mayBeOurs(token: FoundToken): boolean {
    return this.#cipher.hasKey(token) && this.#types.some((type) => mayBeOf(type, token));
  }

  #open(tenant: string, token: FoundToken, depth: number): Opened | undefined {
    for (const type of this.#types) {
      const value = this.#cipher.open(tenant, type, token);
      if (value === undefined) continue;
      // A process of an earlier version takes the newest form for data, and hides it again.
      const inner = depth < MAX_DEPTH ? wrappedToken(value) : undefined;
      const opened = inner && this.#open(tenant, inner.token, depth + 1);
      return opened === undefined || inner === undefined
        ? { type, value: flat(value) }
        : { ...opened, value: `${inner.before}${opened.value}${inner.after}` };
    }
    return undefined;
  }

  /** The tokens in a text that are ours. */
  *own(tenant: string, text: string): Work<FoundToken[]> {
    const own: FoundToken[] = [];
    for (const token of yield* readTokens(text)) {
      if (this.open(tenant, token) !== undefined) own.push(token);
      yield;
    }
    return own;
  }

  /** The value of a token without a marker that is the whole string. */
  openShaped(tenant: string, type: string, token: string): string | undefined {
    const shape = isWord(token) ? word : shapedFor(type, token);
    return shape.show(token, this.#cipher.permutation(tenant, type));
  }

  number(tenant: string, type: string, value: number, way: 'hide' | 'show'): number | undefined {
    return shapedNumber(type, value, this.#cipher.permutation(tenant, type), way);
  }
}
