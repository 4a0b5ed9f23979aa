/** What a walk changed of an object's members. */
import { Denied } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../json/lossless.ts';

export class Changes {
  #values: Map<string, JsonValue> | undefined;
  #names: Map<string, string> | undefined;

  /** A member as it was, and as it is now. */
  note(key: string, name: string, before: JsonValue, next: JsonValue): void {
    if (name !== key) (this.#names ??= new Map()).set(key, name);
    if (next !== before) (this.#values ??= new Map()).set(key, next);
  }

  /** The object with them. */
  in(value: JsonObject): JsonObject {
    const entries: [string, JsonValue | undefined][] = Object.entries(value).map(([key, item]) => [this.#names?.get(key) ?? key, this.#values?.has(key) === true ? this.#values.get(key) : item]);
    const next: JsonObject = Object.fromEntries(entries);
    if (Object.keys(next).length !== entries.length) throw new Denied('two keys of an object would become one');
    return next;
  }
}
