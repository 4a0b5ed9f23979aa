/** Tokens for values, and values for tokens, of one tenant. */
import { Cache } from '../../base/cache.ts';
import { flat } from '../../base/flat.ts';
import type { Work } from '../../base/turns.ts';
import type { Cipher } from './cipher.ts';
import type { Part } from './find.ts';
import { shapedFor, shapedNumber } from './shaped.ts';
import { type FoundToken, readTokens, URL_PREFIX, writeEmail, writePlain } from './token.ts';

/**
 * The forms a token may have, the plainest first; the last has no marker. A value of the type `email` is an address
 * wherever it stands, so that it is the same everywhere.
 */
const FORMS = ['plain', 'email', 'url', 'shaped'] as const;
const EMAIL_FORMS = ['email', 'plain', 'url', 'shaped'] as const;
export type Form = (typeof FORMS)[number];
/** The number of the last form. */
export const SHAPED = FORMS.length - 1;

export function formsOf(type: string): readonly Form[] {
  return type === 'email' ? EMAIL_FORMS : FORMS;
}

/** A token that was opened. */
export interface Opened {
  readonly type: string;
  readonly value: string;
}

/** Bytes that are kept of what was worked out lately, each way; and characters of what it was worked out from. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_CHARACTERS = 512;

export class Tokens {
  readonly #cipher: Cipher;
  readonly #types: readonly string[];
  readonly #made = new Cache<string | undefined>({ maxBytes: MAX_BYTES, maxKey: MAX_CHARACTERS });
  readonly #opened = new Cache<Opened | undefined>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_CHARACTERS,
    weigh: (opened) => 64 + 2 * (opened?.value.length ?? 0),
  });

  /** @param types all that there may be tokens of */
  constructor(cipher: Cipher, types: readonly string[]) {
    this.#cipher = cipher;
    this.#types = types;
  }

  /** The token of a value in one form; undefined where there is none. */
  token(
    tenant: string,
    { type, value, percent }: Pick<Part, 'type' | 'value' | 'percent'>,
    form: Form,
  ): string | undefined {
    // No form and no type has a space in it: no two are written alike.
    const token = this.#made.getOrMake(`${form} ${type} ${tenant.length} ${tenant}${value}`, () =>
      this.#make(tenant, type, value, form),
    );
    return percent && form !== 'plain' && token !== undefined ? token.replace('@', '%40') : token;
  }

  #make(tenant: string, type: string, value: string, form: Form): string | undefined {
    if (form === 'shaped') return shapedFor(type, value).hide(value, this.#cipher.permutation(tenant, type));
    const sealed = this.#cipher.seal(tenant, type, value);
    if (sealed === undefined) return undefined;
    if (form === 'email') return writeEmail(sealed);
    return form === 'url' ? `${URL_PREFIX}${writePlain(sealed)}` : writePlain(sealed);
  }

  /** Undefined: it is none of ours, or of another tenant. */
  open(tenant: string, token: FoundToken): Opened | undefined {
    return this.#opened.getOrMake(`${tenant.length} ${tenant}${token.text}`, () => {
      for (const type of this.#types) {
        const value = this.#cipher.open(tenant, type, token);
        if (value !== undefined) return { type, value: flat(value) };
      }
      return undefined;
    });
  }

  /** Those tokens in a text that are ours. */
  *own(tenant: string, text: string): Work<FoundToken[]> {
    const own: FoundToken[] = [];
    for (const token of yield* readTokens(text)) {
      if (this.open(tenant, token) !== undefined) own.push(token);
      yield;
    }
    return own;
  }

  /** The value of a token without a marker, at a place where there is nothing else. */
  openShaped(tenant: string, type: string, token: string): string | undefined {
    return shapedFor(type, token).show(token, this.#cipher.permutation(tenant, type));
  }

  number(tenant: string, type: string, value: number, way: 'hide' | 'show'): number | undefined {
    return shapedNumber(type, value, this.#cipher.permutation(tenant, type), way);
  }
}
