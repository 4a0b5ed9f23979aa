/** Arguments against the tool's `inputSchema`. */
import type { Tool } from '@modelcontextprotocol/server';
import type { Call } from '../../call.ts';
import { Invalid, UnknownName } from '../../errors.ts';
import type { JsonValue } from '../../json/lossless.ts';
import { Digits } from './digits.ts';
import { TooMuch } from './faults.ts';
import { wordsOf } from './message.ts';
import type { Schema } from './schema.ts';
import { schemas } from './schemas.ts';
import { sound } from './sound.ts';

type ToolCall = Call<'tools/call'>;

/** Whether a tool is one whose schema is known here, and that the arguments fit. Most do: nothing else is waited for then. */
export function fitsAtOnce(call: ToolCall, tool: Tool | undefined): boolean {
  const schema = tool === undefined ? undefined : schemas.known(tool.inputSchema);
  return tool !== undefined && schema !== undefined && fits(sound(schema, tool.name, 'inputSchema'), call);
}

/** Throws what refuses the call. */
export async function checkArguments(call: ToolCall, known: Tool | undefined): Promise<void> {
  const { name } = call.params;
  // What isn't listed has no schema, and can't be checked.
  if (known === undefined) throw new UnknownName('tool', call.exchange.received?.name ?? name);
  if (fits(await inputSchemaOf(known), call)) return;
  const fresh = await call.upstream.tool(name, (tool) => tool !== undefined && tool !== known);
  if (fresh === undefined) throw new UnknownName('tool', call.exchange.received?.name ?? name);
  const schema = await inputSchemaOf(fresh);
  if (fresh !== known && fits(schema, call)) return;
  const failures = schema.failures(argumentsOf(call), sizeOf(call), digitsOf(call));
  call.note({ control: 'validation', failures: failures.length });
  throw new Invalid(wordsOf(failures));
}

export function isListed(tool: Tool | undefined): boolean {
  return tool !== undefined;
}

async function inputSchemaOf({ name, inputSchema }: Tool): Promise<Schema> {
  return sound(await schemas.of(inputSchema), name, 'inputSchema');
}

function fits(schema: Schema, call: ToolCall): boolean {
  try {
    return schema.fits(argumentsOf(call), sizeOf(call), digitsOf(call));
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

/** What goes to the upstream is the text: numbers are what it says. */
function digitsOf({ message }: ToolCall): Digits | undefined {
  return message === undefined ? undefined : new Digits(message.text, message.bodyStart, message.bodyEnd, ROOT);
}

const ROOT = ['arguments'];
