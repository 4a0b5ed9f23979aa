/** One text for each JSON value: keys sorted, no white space (RFC 8785). */
import { isObject } from '../../json/lossless.ts';
import type { JsonValue } from '../../json/value.ts';

/** The canonical text. */
export function canonical(value: JsonValue): string {
  return canonicalUpTo(value, Number.POSITIVE_INFINITY) ?? '';
}

/** Whether a value has this canonical text. Costs no more than the text is long, however large the value is. */
export function isCanonically(value: unknown, text: string): boolean {
  return canonicalUpTo(value, text.length) === text;
}

/** Undefined if the text is longer than `most` characters, or the value isn't JSON. */
function canonicalUpTo(value: unknown, most: number): string | undefined {
  const writer = new Writer(most);
  return writer.write(value) ? writer.text : undefined;
}

class Writer {
  text = '';
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** False if the text became too long. */
  write(value: unknown): boolean {
    if (Array.isArray(value)) return this.#list(value);
    if (isObject(value)) return this.#object(value);
    if (value === undefined) return false;
    // A text is never shorter in JSON.
    if (typeof value === 'string' && value.length > this.#left) return false;
    return this.#add(JSON.stringify(value));
  }

  get #left(): number {
    return this.#most - this.text.length;
  }

  #add(text: string): boolean {
    this.text += text;
    return this.text.length <= this.#most;
  }

  #list(items: readonly unknown[]): boolean {
    if (items.length > this.#left || !this.#add('[')) return false;
    for (const [i, item] of items.entries()) if ((i > 0 && !this.#add(',')) || !this.write(item)) return false;
    return this.#add(']');
  }

  #object(members: Readonly<Record<string, unknown>>): boolean {
    const keys = Object.keys(members);
    if (keys.length > this.#left || !this.#add('{')) return false;
    let separator = '';
    for (const key of keys.toSorted(byCodeUnits)) {
      const value = members[key];
      if (value === undefined) continue;
      if (key.length > this.#left || !this.#add(`${separator}${JSON.stringify(key)}:`) || !this.write(value))
        return false;
      separator = ',';
    }
    return this.#add('}');
  }
}

/** Independent of the language of the machine. */
export function byCodeUnits(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
