/** Changes that a walk made to an object's members. */
import { Denied } from '../../../base/errors.ts';
import type { Work } from '../../../base/turns.ts';
import { noteNames } from '../../../json/renamed.ts';
import type { JsonObject, JsonValue } from '../../../json/value.ts';

/** Yield after this many members. */
const PART = 0x1ff;

export class Changes {
  #values: Map<string, JsonValue> | undefined;
  #names: Map<string, string> | undefined;

  /** Records a member before and after the change. */
  note(key: string, name: string, before: JsonValue, next: JsonValue): void {
    if (name !== key) (this.#names ??= new Map()).set(key, name);
    if (next !== before) (this.#values ??= new Map()).set(key, next);
  }

  /** Applies the changes to the object. */
  *in(value: JsonObject): Work<JsonObject> {
    const next: Record<string, JsonValue | undefined> = {};
    let steps = 0;
    for (const key in value) {
      if ((++steps & PART) === 0) yield;
      const name = this.#names?.get(key) ?? key;
      if (Object.hasOwn(next, name))
        throw new Denied(
          'expected keys that stay different when data in them is hidden or removed, got two that become the same',
        );
      const item = this.#values?.has(key) === true ? this.#values.get(key) : value[key];
      if (name === '__proto__')
        Object.defineProperty(next, name, { value: item, enumerable: true, configurable: true, writable: true });
      else next[name] = item;
    }
    if (this.#names !== undefined) noteNames(next, this.#names);
    return next;
  }
}
