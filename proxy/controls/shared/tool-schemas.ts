import { Cache } from '../../base/cache.ts';
/**
 * Compiles tool schemas when first needed and caches them by content: an upstream sends the same ones again. All
 * callers share one compiled schema.
 */
import { crypto } from '../../base/crypto.ts';
import { NO_SCHEMA } from '../../call/listed-tool.ts';
import { SchemaFault } from '../../json-schema/faults.ts';
import type { Engine } from '../../json-schema/patterns.ts';
import type { Schema } from '../../json-schema/schema.ts';

type Made = Schema | SchemaFault;

/** Maximum total weight, about in bytes: an upstream must not decide how much memory is held. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Fixed weight of each entry: an error's stack, the root of a schema. */
const OWN_WEIGHT = 4 * 1024;

const NONE = new SchemaFault('expected a JSON Schema, got something else');

class Schemas {
  /** Hashes of the schemas' contents, by the catalogue's objects. */
  readonly #hashes = new WeakMap<object, string>();
  readonly #made = new Cache<Made>({
    maxBytes: MAX_WEIGHT,
    weigh: (made) => OWN_WEIGHT + (made instanceof SchemaFault ? 0 : made.weight),
  });
  #engine: Engine | undefined;

  /** Loads the compiler and the pattern matcher. */
  async warm(): Promise<void> {
    const [{ Schema }, { loadEngine }] = await Promise.all([
      import('../../json-schema/schema.ts'),
      import('../../json-schema/patterns.ts'),
    ]);
    this.#engine ??= await loadEngine();
    new Schema('{"type":"object","properties":{"a":{"type":"string","pattern":"^a+$"}}}').compile(this.#engine);
  }

  /** The compiled schema of a tool, or its fault. */
  of(schema: object): Made | Promise<Made> {
    return this.known(schema) ?? this.#compile(schema);
  }

  /** The same if available synchronously. */
  known(schema: object): Made | undefined {
    if (schema === NO_SCHEMA) return NONE;
    const hash = this.#hashes.get(schema);
    return hash === undefined ? undefined : this.#made.get(hash);
  }

  async #compile(object: object): Promise<Made> {
    const text = JSON.stringify(object);
    const hash = crypto().createHash('sha256').update(text).digest('base64');
    this.#hashes.set(object, hash);
    const known = this.#made.get(hash);
    if (known !== undefined) return known;
    const made = await this.#compiled(text);
    // Another request may have compiled it meanwhile.
    return this.#made.getOrMake(hash, () => made);
  }

  async #compiled(text: string): Promise<Made> {
    try {
      // Loaded only when a schema needs it: the compiler, and then the pattern matcher.
      const { Schema } = await import('../../json-schema/schema.ts');
      const schema = new Schema(text);
      if (schema.references.patterns)
        this.#engine ??= await (await import('../../json-schema/patterns.ts')).loadEngine();
      return schema.compile(this.#engine);
    } catch (error) {
      if (error instanceof SchemaFault) return error;
      throw error;
    }
  }
}

export const schemas = new Schemas();
