/** Checks arguments against the tool's `inputSchema`. */
import type { Tool } from '@modelcontextprotocol/server';
import { Invalid, UnknownName } from '../../base/errors.ts';
import { inTurns, SHORT } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { Digits } from '../../json-schema/digits.ts';
import { TooMuch } from '../../json-schema/faults.ts';
import { wordsOf } from '../../json-schema/message.ts';
import type { Schema } from '../../json-schema/schema.ts';
import type { JsonValue } from '../../json/value.ts';
import { schemas } from '../shared/tool-schemas.ts';
import { placesOf } from './places.ts';
import { sound } from './sound.ts';

type ToolCall = Call<'tools/call'>;

/** Whether the tool's schema is already compiled and the arguments match it. Most calls do, and then need not wait. */
export function fitsAtOnce(call: ToolCall, tool: Tool | undefined): boolean {
  const schema = tool === undefined ? undefined : schemas.known(tool.inputSchema);
  return (
    tool !== undefined &&
    schema !== undefined &&
    sizeOf(call) <= SHORT &&
    holds(() => sound(schema, tool.name, 'inputSchema').fits(argumentsOf(call), sizeOf(call), digitsOf(call)))
  );
}

/** The same with the tool that is known without asking. False also if the check can't be finished: then the slow way reports why. */
export function fitsKnown(call: ToolCall): boolean {
  try {
    return fitsAtOnce(call, call.upstream.listed?.(call.params.name));
  } catch {
    return false;
  }
}

/** Throws the error that refuses the call. */
export async function checkArguments(call: ToolCall, known: Tool | undefined): Promise<void> {
  const { name } = call.params;
  // A tool that is not listed has no schema to check against.
  if (known === undefined) throw new UnknownName('tool', call.exchange.channels.received?.name ?? name);
  if (await fits(await inputSchemaOf(known), call)) return;
  const fresh = await call.upstream.tool(name, (tool) => tool !== undefined && tool !== known);
  if (fresh === undefined) throw new UnknownName('tool', call.exchange.channels.received?.name ?? name);
  const schema = await inputSchemaOf(fresh);
  if (fresh !== known && (await fits(schema, call))) return;
  const failures = schema.failures(argumentsOf(call), sizeOf(call), digitsOf(call));
  call.note({
    control: 'validation',
    failures: failures.length,
    at: placesOf(fresh.inputSchema as JsonValue, failures),
  });
  throw new Invalid(wordsOf(failures));
}

export function isListed(tool: Tool | undefined): boolean {
  return tool !== undefined;
}

async function inputSchemaOf({ name, inputSchema }: Tool): Promise<Schema> {
  return sound(await schemas.of(inputSchema), name, 'inputSchema');
}

async function fits(schema: Schema, call: ToolCall): Promise<boolean> {
  const size = sizeOf(call);
  if (size <= SHORT) return holds(() => schema.fits(argumentsOf(call), size, digitsOf(call)));
  try {
    return await inTurns(schema.fitsInTurns(argumentsOf(call), size, digitsOf(call)));
  } catch (error) {
    throw refusalOf(error);
  }
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  return error instanceof TooMuch
    ? new Invalid("arguments: got more than can be checked against the tool's schema in time: send less")
    : error;
}

const NONE = Object.freeze({});

function argumentsOf({ params }: ToolCall): JsonValue {
  return params.arguments ?? NONE;
}

function sizeOf({ message }: ToolCall): number {
  return message === undefined ? 0 : message.bodyEnd - message.bodyStart;
}

/** Numbers are checked as written, because the upstream receives the text. */
function digitsOf({ message }: ToolCall): Digits | undefined {
  return message === undefined ? undefined : new Digits(message.text, message.bodyStart, message.bodyEnd, ROOT);
}

const ROOT = ['arguments'];
