/** `deployments.schema.json`: made of the parsers of an entry, and agreed with them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { getLanguageService, TextDocument } from 'vscode-json-languageservice';
import { deployment } from '../../lib/deployment/entry.ts';
import { loadDeployments } from '../../lib/deployments.ts';
import { ROOT } from '../../lib/root.ts';
import { noFindings, Place } from '../../lib/rules/place.ts';
import { schemaWithDocs } from './deployments-schema.ts';
import { INVALID, VALID } from './entry-samples.ts';

const schema = schemaWithDocs();
const validate = new Ajv({ allErrors: false, strict: true, strictTypes: false }).compile(schema);
const bySchema = (entry: unknown): boolean => validate([entry]);
const byChecker = (entry: unknown): boolean => deployment(entry, new Place('', noFindings())) !== undefined;

test('the file in the repository is that of the parsers: npm test -- test/app/deployments-schema -u writes it', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(join(ROOT, 'deployments.schema.json'));
});

test('every member of an entry says what it is for', () => {
  const { properties } = (schema['definitions'] as { deployment: { properties: Record<string, object> } }).deployment;
  const silent = Object.entries(properties).filter(([, member]) => !('description' in member));
  expect(silent.map(([name]) => name)).toEqual([]);
  expect(Object.keys(properties).length).toBeGreaterThan(30);
});

describe('the schema and the checker', () => {
  test.each(VALID)('accept %s', (_, entry) => {
    expect([byChecker(entry), bySchema(entry)]).toEqual([true, true]);
  });

  test.each(INVALID)('refuse %s', (_, entry) => {
    expect([byChecker(entry), bySchema(entry)]).toEqual([false, false]);
  });

  test('agree where members of valid entries are changed at random: what the checker accepts, the schema does', () => {
    const entries = VALID.map(([, entry]) => entry);
    const members = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
    const values = entries.flatMap((entry) => Object.values(entry));
    const value = fc.oneof(fc.constantFrom(...values), fc.jsonValue(), fc.string(), fc.integer());
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(fc.constantFrom(...entries), fc.dictionary(fc.constantFrom(...members), value), (entry, changed) => {
        const other = { ...entry, ...changed };
        const [checker, schema] = [byChecker(other), bySchema(other)];
        if (checker) accepted++;
        if (!checker && !schema) refused++;
        return !checker || schema;
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(1_000);
  });

  test('agree on one unknown key and on one missing required member of every valid entry', () => {
    for (const [, entry] of VALID) {
      expect([byChecker({ ...entry, nmae: 'x' }), bySchema({ ...entry, nmae: 'x' })]).toEqual([false, false]);
      for (const name of ['name', 'account', 'region']) {
        const { [name]: _, ...without } = entry;
        expect([byChecker(without), bySchema(without)]).toEqual([false, false]);
      }
    }
  });
});

describe('a file with $schema', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deployments-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = (content: unknown): ReturnType<typeof loadDeployments> => {
    const file = join(folder, 'deployments.json');
    writeFileSync(file, JSON.stringify(content));
    return loadDeployments(file);
  };
  const [, entry = {}] = VALID[0] ?? [];
  const $schema = './node_modules/agentcore-mcp-proxy/deployments.schema.json';

  test('is read as the list in it', async () => {
    const { entries, faults } = await read({ $schema, deployments: [entry] });
    expect([entries.length, faults]).toEqual([1, []]);
    expect(validate({ $schema, deployments: [entry] })).toBe(true);
  });

  test('is refused with anything else beside the list', async () => {
    const { faults } = await read({ $schema, deployments: [entry], more: 1 });
    expect(faults).toEqual([expect.stringContaining('expected deployments and $schema, got "more"')]);
    expect(validate({ $schema, deployments: [entry], more: 1 })).toBe(false);
  });
});

describe("an editor (VS Code's JSON service)", () => {
  const service = getLanguageService({ schemaRequestService: () => Promise.resolve(JSON.stringify(schema)) });
  const open = (text: string): readonly [TextDocument, ReturnType<typeof service.parseJSONDocument>] => {
    const document = TextDocument.create('file:///deployments.json', 'json', 1, text);
    return [document, service.parseJSONDocument(document)];
  };
  const HEAD = '{ "$schema": "https://schema.example/deployments.schema.json", "deployments": [';

  test('offers the members of an entry with what they are for, and values of one', async () => {
    const text = `${HEAD}{ "reg": 1 }] }`;
    const [document, parsed] = open(text);
    const offered = await service.doComplete(document, document.positionAt(text.indexOf('reg') + 3), parsed);
    const region = offered?.items.find(({ label }) => label === 'region');
    expect(JSON.stringify(region?.documentation)).toContain("One of AWS's regions");
    const of = `${HEAD}{ "platformVersion": "" }] }`;
    const [second, parsedSecond] = open(of);
    const values = await service.doComplete(second, second.positionAt(of.indexOf('""') + 1), parsedSecond);
    expect(values?.items.map(({ label }) => label)).toEqual(expect.arrayContaining(['"V1"', '"V2"']));
  });

  test('marks a wrong value and an unknown member', async () => {
    const [document, parsed] = open(`${HEAD}{ "name": "a", "account": "12", "region": "eu-west-1", "nmae": "b" }] }`);
    const messages = (await service.doValidation(document, parsed)).map(({ message }) => message);
    expect(JSON.stringify(messages)).toMatch(/nmae/);
    expect(messages.length).toBeGreaterThan(1);
  });
});

test('the schema of the package is the one in the repository', () => {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object };
  expect(exports).toHaveProperty(['./deployments.schema.json'], './deployments.schema.json');
});
