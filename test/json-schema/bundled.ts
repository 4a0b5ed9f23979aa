/**
 * Schemas that contain the documents they refer to (JSON Schema 2020-12, core, 9.3), so that nothing has to be fetched.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isObject } from '../../proxy/json/lossless.ts';
import { parseJson } from '../../proxy/json/parse.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { type Draft, jsonIn, SUITE } from './official.ts';

/** Where the suite says that its documents are. */
const ORIGIN = 'http://localhost:1234/';

/** The suite's documents by their paths. No test here refers to the drafts that they are metaschemas of. */
const REMOTES: readonly (readonly [path: string, document: JsonObject])[] = [...jsonIn(join(SUITE, 'remotes'))]
  .filter(([path]) => !/^(?:draft3|draft-next|v1)\/|metaschema|format-assertion/.test(path))
  .map(([path, text]) => [path, objectIn(path, text)]);

function objectIn(path: string, text: string): JsonObject {
  const document = parseJson(text);
  if (!isObject(document)) throw new TypeError(`${path}: expected an object`);
  return document;
}

/** The standard's own metaschemas, which Ajv includes, except draft 4's. */
const METASCHEMAS: readonly JsonObject[] = (() => {
  const folder = join(dirname(createRequire(import.meta.url).resolve('ajv/package.json')), 'dist/refs');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^json-schema-(?:draft-0[67]|20.*)\.json$/.test(file))
    .map((file) => parseJson(readFileSync(join(folder, file), 'utf8')))
    .filter(isObject);
})();

export function bundled(draft: Draft, schema: JsonObject): JsonObject {
  const [id, defs] =
    draft === 'draft4' ? ['id', 'definitions'] : ['$id', draft.startsWith('draft20') ? '$defs' : 'definitions'];
  const documents: Record<string, JsonValue> = Object.fromEntries(
    METASCHEMAS.map((document, i) => [`metaschema ${i}`, document]),
  );
  for (const [path, document] of REMOTES) {
    // Documents of another draft only if they name it.
    if (path.startsWith('draft') && !path.startsWith(`${draft}/`) && !('$schema' in document)) continue;
    const name = ORIGIN + path;
    documents[name] = id in document ? document : { [id]: name, ...document };
  }
  return { ...schema, [defs]: { ...documents, ...(isObject(schema[defs]) ? schema[defs] : {}) } };
}
