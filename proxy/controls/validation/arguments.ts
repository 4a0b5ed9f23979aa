/** Arguments against the tool's `inputSchema`. */
import type { Call } from '../../call.ts';
import { Denied, Invalid, UnknownName } from '../../errors.ts';
import type { JsonValue } from '../../json/lossless.ts';
import { SchemaFault, TooMuch } from './faults.ts';
import { wordsOf } from './message.ts';
import type { Schema } from './schema.ts';
import type { Schemas } from './schemas.ts';

type ToolCall = Call<'tools/call'>;

/** Throws what refuses the call; at once where the schema is known. */
export async function checkArguments(call: ToolCall, schemas: Schemas): Promise<void> {
  const { name } = call.params;
  // A schema that is out of date will do where the arguments fit it: the upstream has the last word.
  const known = await call.upstream.tool(name, (tool) => tool !== undefined);
  // What isn't listed has no schema, and can't be checked.
  if (known === undefined) throw new UnknownName('tool', call.exchange.received?.name ?? name);
  if (fits(await schemaOf(known, schemas), call)) return;
  const fresh = await call.upstream.tool(name, (tool) => tool !== undefined && tool !== known);
  if (fresh === undefined) throw new UnknownName('tool', call.exchange.received?.name ?? name);
  const schema = await schemaOf(fresh, schemas);
  if (fresh !== known && fits(schema, call)) return;
  const failures = schema.failures(argumentsOf(call), sizeOf(call));
  call.note({ control: 'validation', failures: failures.length });
  throw new Invalid(wordsOf(failures));
}

async function schemaOf(tool: { readonly name: string; readonly inputSchema: object }, schemas: Schemas): Promise<Schema> {
  const schema = await schemas.of(tool.inputSchema, { tool: tool.name, member: 'inputSchema' });
  if (schema instanceof SchemaFault) throw new Denied(`the tool's input schema cannot be checked against: ${schema.message}`);
  return schema;
}

function fits(schema: Schema, call: ToolCall): boolean {
  return within(() => schema.fits(argumentsOf(call), sizeOf(call)));
}

function within<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof TooMuch) throw new Invalid("arguments: they take too long to check against the tool's schema; send less");
    throw error;
  }
}

const NONE = Object.freeze({});

function argumentsOf({ params }: ToolCall): JsonValue {
  return params.arguments ?? NONE;
}

function sizeOf({ message }: ToolCall): number {
  return message === undefined ? 0 : message.bodyEnd - message.bodyStart;
}
