/** Our compiler against the official test suite: all required tests, and all optional ones. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { atOnce } from '../../proxy/base/turns.ts';
import { SchemaFault } from '../../proxy/json-schema/faults.ts';
import { loadEngine } from '../../proxy/json-schema/patterns.ts';
import { Progress } from '../../proxy/json-schema/progress.ts';
import { Schema } from '../../proxy/json-schema/schema.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { bundled } from './bundled.ts';
import { type Exception, EXCEPTIONS, exceptionOf, NO_DIALECT, NO_DOCUMENT, NOT_EVEN_BUNDLED } from './exceptions.ts';
import { DRAFTS, type Draft, type Group, groupsOf, type Test } from './official.ts';

const engine = await loadEngine();

/** The suite's schemas don't name these drafts, but a tool's must. */
const NAMES: Readonly<Partial<Record<Draft, string>>> = {
  draft4: 'http://json-schema.org/draft-04/schema#',
  draft6: 'http://json-schema.org/draft-06/schema#',
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2019-09': 'https://json-schema.org/draft/2019-09/schema',
};

/** @param change applied to the schema before */
function compiled(
  draft: Draft,
  { schema }: Group,
  change = (named: JsonObject): JsonObject => named,
): Schema | SchemaFault {
  try {
    return new Schema(JSON.stringify(isObject(schema) ? change({ $schema: NAMES[draft], ...schema }) : schema)).compile(
      engine,
    );
  } catch (error) {
    if (error instanceof SchemaFault) return error;
    throw error;
  }
}

/**
 * Returns whether the value fits, or why that can't be decided. The check that explains must agree with the one that
 * decides, and so must a check that pauses.
 */
function answer(schema: Schema | SchemaFault, { data, digits, description }: Test): boolean | string {
  if (schema instanceof SchemaFault) return schema.message;
  const size = JSON.stringify(data).length;
  const fits = schema.fits(data, size, digits);
  const [first] = schema.failures(data, size, digits);
  expect(first?.expected === 'a value that the schema allows', `${description}: a fault is found where one is`).toBe(
    fits,
  );
  let looked = 0;
  const stopping = new Progress(() => ++looked % 2 === 0 && looked < 1_000);
  expect(atOnce(schema.fitsInTurns(data, size, digits, stopping)), `${description}: in turns`).toBe(fits);
  return fits;
}

/** Runs every test of the list. */
function hold(draft: Draft, group: Group, schema: Schema | SchemaFault, exceptions: readonly Exception[]): void {
  for (const each of group.tests) {
    const exception = exceptionOf(draft, group, each, exceptions);
    const got = answer(schema, each);
    if (exception === undefined) expect(got, each.description).toBe(each.valid);
    else
      expect(got, `${each.description}: it is listed as an exception, so it fails`).toBe(
        exception.fault ?? !each.valid,
      );
  }
}

function named(groups: readonly Group[]): readonly (readonly [string, string, Group])[] {
  return groups.map((group) => [group.file, group.description, group]);
}

describe.each(DRAFTS)('%s', (draft) => {
  const groups = groupsOf(draft);

  test.each(named(groups))('%s: %s', (_file, _description, group) => {
    hold(draft, group, compiled(draft, group), EXCEPTIONS);
  });

  const apart = groups.filter((group) =>
    group.tests.some((each) => exceptionOf(draft, group, each)?.fault === NO_DOCUMENT),
  );
  test.each(named(apart))('with the documents that it refers to inside it: %s: %s', (_file, _description, group) => {
    hold(
      draft,
      group,
      compiled(draft, group, (schema) => bundled(draft, schema)),
      NOT_EVEN_BUNDLED,
    );
  });
});

// MCP's schemas need not name 2020-12.
describe('draft2020-12, not named', () => {
  const groups = groupsOf('draft2020-12').filter((group) =>
    group.tests.every((each) => exceptionOf('draft2020-12', group, each)?.fault !== NO_DIALECT),
  );
  test.each(named(groups))('%s: %s', (_file, _description, group) => {
    hold(
      'draft2020-12',
      group,
      compiled('draft2020-12', group, (schema) => ({ ...schema, $schema: undefined })),
      EXCEPTIONS,
    );
  });
});

describe('the list of exceptions', () => {
  test.each(
    [EXCEPTIONS, NOT_EVEN_BUNDLED].flatMap((list) =>
      list.flatMap((exception) =>
        (exception.drafts ?? DRAFTS).map((draft) => [draft, exception.file, exception, list] as const),
      ),
    ),
  )('has no entry that matches no test: %s, %s', (draft, _file, exception, list) => {
    const meant = groupsOf(draft).flatMap((group) =>
      group.tests
        .filter((each) => exceptionOf(draft, group, each, list) === exception)
        .map((each) => [group.description, each.description] as const),
    );
    expect(meant).not.toEqual([]);
    for (const group of exception.groups ?? []) expect(meant.map(([description]) => description)).toContain(group);
    if (Array.isArray(exception.tests))
      for (const name of exception.tests) expect(meant.map(([, description]) => description)).toContain(name);
  });

  test('is counted in docs/control-validation.md', () => {
    const page = readFileSync(new URL('../../docs/control-validation.md', import.meta.url), 'utf8');
    for (const draft of DRAFTS) {
      const counts = [false, true].map((optional) => {
        const groups = groupsOf(draft).filter(({ file }) => file.startsWith('optional/') === optional);
        const tests = groups.flatMap((group) => group.tests.map((each) => exceptionOf(draft, group, each)));
        return `${tests.filter((exception) => exception === undefined).length} of ${tests.length}`;
      });
      const row = `| ${draft} | ${counts.join(' | ')} |`;
      expect(page.includes(row), row).toBe(true);
    }
  });
});
