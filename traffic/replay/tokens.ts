/**
 * Tokens of the record, and those that stand in their places now: keys differ, and what a token hides may be redacted. A call
 * that brings back a token of an earlier reply brings the one that the replay made there.
 */
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonValue } from '../../proxy/json/value.ts';
import { TOKEN } from '../redact/text.ts';

export class Tokens {
  readonly #now = new Map<string, string>();

  /** The same message, as it was recorded and as the replay made it. Of a stream, message by message. */
  learn(then: string | undefined, now: string | undefined): void {
    if (then === undefined || now === undefined || !hasToken(then)) return;
    const [were, are] = [messagesIn(then), messagesIn(now)];
    were.forEach((one, i) => this.#compare(one, are[i]));
  }

  /** A text of the record, with the tokens of now. */
  inPlace(text: string): string {
    return hasToken(text)
      ? text.replaceAll(TOKEN, (token) => JSON.stringify(this.#now.get(token) ?? token).slice(1, -1))
      : text;
  }

  #compare(then: JsonValue | undefined, now: JsonValue | undefined): void {
    if (typeof then === 'string') {
      if (typeof now === 'string' && hasToken(then)) this.#align(then, now);
    } else if (Array.isArray(then)) {
      if (Array.isArray(now)) then.forEach((one: JsonValue, i) => this.#compare(one, now[i] as JsonValue | undefined));
    } else if (isObject(then) && isObject(now))
      for (const [name, one] of Object.entries(then)) this.#compare(one, now[name]);
  }

  #align(then: string, now: string): void {
    const inner = /^\s*[[{]/.test(then) ? [parsed(then), parsed(now)] : [];
    if (inner[0] !== undefined && inner[1] !== undefined) {
      this.#compare(inner[0], inner[1]);
      return;
    }
    const tokens = [...then.matchAll(TOKEN)].map(([token]) => token);
    // What is around the tokens is the same, unless a control changed that, too.
    const pattern = then
      .split(TOKEN)
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('(.+?)');
    const found = new RegExp(`^${pattern}$`, 's').exec(now);
    const values = found?.slice(1) ?? [...now.matchAll(TOKEN)].map(([token]) => token);
    if (values.length === tokens.length)
      tokens.forEach((token, i) => {
        const value = values[i];
        if (value !== undefined) this.#now.set(token, value);
      });
  }
}

function hasToken(text: string): boolean {
  return text.search(TOKEN) >= 0;
}

export function messagesIn(body: string): JsonValue[] {
  const texts = /^\s*[[{]/.test(body) ? [body] : [...body.matchAll(/^data:[ ]?(.+)$/gm)].map(([, data = '']) => data);
  return texts.flatMap((text) => {
    const value = parsed(text);
    return value === undefined ? [] : [value];
  });
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
