/**
 * Schemas of tools, compiled when first needed and kept by what they say: an upstream that is asked again sends the
 * same ones. Each is compiled once, whoever asks.
 */
import { createHash } from 'node:crypto';
import { Cache } from '../../base/cache.ts';
import { NO_SCHEMA } from '../../call/listed-tool.ts';
import { SchemaFault } from '../../json-schema/faults.ts';
import type { Engine } from '../../json-schema/patterns.ts';
import type { Schema } from '../../json-schema/schema.ts';

type Made = Schema | SchemaFault;

/** What all of them may weigh, about in bytes: what is held of an upstream is for us to say. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Of what each has besides: an error's stack, the root of a schema. */
const OWN_WEIGHT = 4 * 1024;

const NONE = new SchemaFault('it is no JSON Schema');

class Schemas {
  /** By the objects that the catalogue holds what they say, in short. */
  readonly #hashes = new WeakMap<object, string>();
  readonly #made = new Cache<Made>({
    maxBytes: MAX_WEIGHT,
    weigh: (made) => OWN_WEIGHT + (made instanceof SchemaFault ? 0 : made.weight),
  });
  #engine: Engine | undefined;

  /** A schema as a tool has it; or what is wrong with it. */
  of(schema: object): Made | Promise<Made> {
    return this.known(schema) ?? this.#compile(schema);
  }

  /** The same, as far as it is known at once. */
  known(schema: object): Made | undefined {
    if (schema === NO_SCHEMA) return NONE;
    const hash = this.#hashes.get(schema);
    return hash === undefined ? undefined : this.#made.get(hash);
  }

  async #compile(object: object): Promise<Made> {
    const text = JSON.stringify(object);
    const hash = createHash('sha256').update(text).digest('base64');
    this.#hashes.set(object, hash);
    const known = this.#made.get(hash);
    if (known !== undefined) return known;
    const made = await this.#compiled(text);
    // Another may have made it meanwhile.
    return this.#made.getOrMake(hash, () => made);
  }

  async #compiled(text: string): Promise<Made> {
    try {
      // What makes checks isn't loaded before there is a schema, and what matches patterns not before there is one.
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
