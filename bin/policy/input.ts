/** Reads the files that people write for these commands, strictly: a typo in a test must not make it pass. */
import { readFile } from 'node:fs/promises';
import { type Caller, callerOf } from '../../proxy/call/caller.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { checkJson } from '../../proxy/json/strict.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { fromHere } from '../from-here.ts';
import { OptionError } from '../option-error.ts';

/** A file's text. Throws `OptionError`. */
async function readInput(file: string): Promise<string> {
  return readFile(fromHere(file), 'utf8').catch(() => {
    throw new OptionError([`expected a file at ${fromHere(file)}, found none that can be read`]);
  });
}

/** JSON without duplicate keys. */
export async function readJson(file: string): Promise<JsonValue> {
  const text = await readInput(file);
  try {
    checkJson(text, 64);
  } catch (error) {
    throw new OptionError([
      `${file}: expected JSON${/^\s*[{[]/.test(text) ? `: ${error instanceof Error ? error.message : String(error)}` : ', an object or a list; got a file that begins with something else'}`,
    ]);
  }
  return JSON.parse(text) as JsonValue;
}

/** Callers by the names in a file, which is a table of them or a single one. */
export async function readCallers(file: string): Promise<ReadonlyMap<string, Caller>> {
  const value = await readJson(file);
  return callersIn(isObject(value) && 'callers' in value ? value['callers'] : value, file);
}

export function callersIn(value: JsonValue | undefined, file: string): ReadonlyMap<string, Caller> {
  if (!isObject(value)) throw new OptionError([`${file}: expected callers, an object of claims by name`]);
  return new Map(
    Object.entries(value).map(([name, claims]) => {
      if (!isObject(claims))
        throw new OptionError([
          `${file}: callers.${name}: expected an object of claims, such as { "sub": "ann", "groups": ["analysts"] }`,
        ]);
      return [name, callerOf(claims)];
    }),
  );
}

/** A string member, if present. */
export function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
