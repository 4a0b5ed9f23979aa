/**
 * Schemas of tools, compiled when first needed and kept by what they say: an upstream that is asked again sends the same ones. Each
 * is compiled once, whoever asks.
 */
import { createHash } from 'node:crypto';
import { SchemaFault } from './faults.ts';
import type { Engine } from './patterns.ts';
import type { Schema } from './schema.ts';

interface Kept {
  /** Undefined: it was let go of. */
  schema: Schema | SchemaFault | undefined;
  readonly weight: number;
}

/** What all of them may weigh, about in bytes: what is held of an upstream is for us to say. */
const MAX_WEIGHT = 64 * 1024 * 1024;
/** Of what each has besides: its hash, its place in two maps, an error's stack. */
const OWN_WEIGHT = 4 * 1024;

class Schemas {
  /** By the objects that the catalogue holds; and by what they say, in short. */
  readonly #byObject = new WeakMap<object, Kept>();
  readonly #byHash = new Map<string, Kept>();
  #weight = 0;
  #engine: Engine | undefined;

  /** A schema as a tool has it; or what is wrong with it. */
  of(schema: object): Schema | SchemaFault | Promise<Schema | SchemaFault> {
    return this.known(schema) ?? this.#compile(schema);
  }

  /** The same, as far as it is known at once. */
  known(schema: object): Schema | SchemaFault | undefined {
    return this.#byObject.get(schema)?.schema;
  }

  async #compile(object: object): Promise<Schema | SchemaFault> {
    const text = JSON.stringify(object);
    const hash = createHash('sha256').update(text).digest('base64');
    const schema = this.#byHash.get(hash)?.schema ?? (await this.#compiled(text));
    const raced = this.#byHash.get(hash);
    if (raced?.schema !== undefined) {
      this.#byObject.set(object, raced);
      return raced.schema;
    }
    const kept = { schema, weight: OWN_WEIGHT + (schema instanceof SchemaFault ? 0 : schema.weight) };
    this.#byObject.set(object, kept);
    this.#keep(hash, kept);
    return schema;
  }

  #keep(hash: string, added: Kept): void {
    this.#byHash.set(hash, added);
    this.#weight += added.weight;
    for (const [oldest, kept] of this.#byHash) {
      if (this.#weight <= MAX_WEIGHT || oldest === hash) break;
      this.#byHash.delete(oldest);
      this.#weight -= kept.weight;
      kept.schema = undefined;
    }
  }

  async #compiled(text: string): Promise<Schema | SchemaFault> {
    try {
      // What makes checks isn't loaded before there is a schema, and what matches patterns not before there is one.
      const { Schema } = await import('./schema.ts');
      const schema = new Schema(text);
      if (schema.references.patterns) this.#engine ??= await (await import('./patterns.ts')).loadEngine();
      return schema.compile(this.#engine);
    } catch (error) {
      if (error instanceof SchemaFault) return error;
      throw error;
    }
  }
}

export const schemas = new Schemas();
