/**
 * The official JSON Schema test suite (https://github.com/json-schema-org/JSON-Schema-Test-Suite, MIT), as unpacked by
 * `fetch.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';
import { Digits } from '../../proxy/json-schema/digits.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { parseJson } from '../../proxy/json/parse.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';

export const CACHE = join(ROOT, '.cache/json-schema');
/** The default folder of the suite. */
export const SUITE = process.env['JSON_SCHEMA_SUITE'] ?? folderIn(CACHE);
export const DRAFTS = ['draft4', 'draft6', 'draft7', 'draft2019-09', 'draft2020-12'] as const;
export type Draft = (typeof DRAFTS)[number];

/** Values that are checked against one schema. */
export interface Group {
  /** Such as `optional/format/date`. */
  readonly file: string;
  readonly description: string;
  readonly schema: JsonValue;
  readonly tests: readonly Test[];
}

export interface Test {
  readonly description: string;
  readonly data: JsonValue;
  /** The digits of the data's numbers that a double cannot hold. */
  readonly digits: Digits;
  readonly valid: boolean;
}

/** Its folder in a cache, by the package and version in requirements.txt. */
export function folderIn(cache: string): string {
  const [, name] =
    /^(jsonschema==[\d.]+) /m.exec(readFileSync(new URL('requirements.txt', import.meta.url), 'utf8')) ?? [];
  if (name === undefined)
    throw new Error('requirements.txt: expected a line "jsonschema==VERSION --hash=sha256:DIGEST"');
  return join(cache, name.replace('==', '-'));
}

export function groupsOf(draft: Draft): readonly Group[] {
  return [...jsonIn(join(SUITE, 'tests', draft))].flatMap(([file, text]) => {
    const groups = parseJson(text);
    if (!Array.isArray(groups)) throw new TypeError(`${file}: expected a list of groups`);
    return groups.map((group: JsonValue, i) => groupOf(file.slice(0, -'.json'.length), group, text, i));
  });
}

/** The JSON files in a folder and its subfolders, by relative path. */
export function* jsonIn(folder: string): Generator<readonly [path: string, text: string]> {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.json')) yield [file.replaceAll('\\', '/'), readFileSync(join(folder, file), 'utf8')];
  }
}

function groupOf(file: string, group: JsonValue, text: string, index: number): Group {
  if (!isObject(group)) throw new TypeError(`${file}: a group that is no object`);
  const { description, schema, tests } = group;
  if (typeof description !== 'string' || schema === undefined || !Array.isArray(tests))
    throw new TypeError(`${file}: a group without description, schema or tests`);
  return {
    file,
    description,
    schema,
    tests: tests.map((test: JsonValue, i) =>
      testOf(test, new Digits(text, 0, text.length, [index, 'tests', i, 'data'])),
    ),
  };
}

function testOf(test: JsonValue, digits: Digits): Test {
  const { description, data, valid }: JsonObject = isObject(test) ? test : {};
  if (typeof description !== 'string' || data === undefined || typeof valid !== 'boolean')
    throw new TypeError('a test without description, data or answer');
  return { description, data, digits, valid };
}
