/** Where the compiler's answer differs from the official suite's, and why. An exception that passes fails the run. */
import { DRAFTS, type Draft, type Group, type Test } from './official.ts';

export interface Exception {
  readonly reason: string;
  /** @default - all of them */
  readonly drafts?: readonly Draft[];
  readonly file: string;
  /** Groups of tests of that file. @default - all of them */
  readonly groups?: readonly string[];
  /** Tests of those groups. @default - all of them */
  readonly tests?: readonly string[] | RegExp;
  /** The error that refuses the schema. @default - it isn't refused, but gives another answer */
  readonly fault?: string;
}

const SINCE_7 = DRAFTS.slice(2);
const SINCE_2019: readonly Draft[] = ['draft2019-09', 'draft2020-12'];

const FETCHED =
  'a reference to another document, and none is fetched: what a tool accepts is for its own schema to say';
export const NO_DOCUMENT = 'expected references within the schema, got one to another document, which is not fetched';
const DIALECT = 'a custom metaschema is a separate document, and none is fetched, so its dialect is unknown';
export const NO_DIALECT = 'expected $schema to name draft 4, 6, 7, 2019-09 or 2020-12, got another';

export const EXCEPTIONS: readonly Exception[] = [
  { reason: FETCHED, file: 'refRemote', fault: NO_DOCUMENT },
  {
    reason: `${FETCHED}; here it is the metaschema`,
    drafts: ['draft4', 'draft6', 'draft7'],
    file: 'definitions',
    fault: NO_DOCUMENT,
  },
  { reason: `${FETCHED}; here it is the metaschema`, drafts: SINCE_2019, file: 'defs', fault: NO_DOCUMENT },
  {
    reason: `${FETCHED}; here it is the metaschema`,
    file: 'ref',
    groups: ['remote ref, containing refs itself'],
    fault: NO_DOCUMENT,
  },
  {
    reason: FETCHED,
    drafts: ['draft2020-12'],
    file: 'dynamicRef',
    groups: [
      'strict-tree schema, guards against misspelled properties',
      'tests for implementation dynamic anchor and reference link',
      '$ref and $dynamicAnchor are independent of order - $defs first',
      '$ref and $dynamicAnchor are independent of order - $ref first',
      '$ref to $dynamicRef finds detached $dynamicAnchor',
    ],
    fault: NO_DOCUMENT,
  },
  { reason: FETCHED, drafts: SINCE_7, file: 'optional/cross-draft', fault: NO_DOCUMENT },
  { reason: DIALECT, drafts: SINCE_2019, file: 'vocabulary', fault: NO_DIALECT },
  { reason: DIALECT, drafts: ['draft2020-12'], file: 'optional/format-assertion', fault: NO_DIALECT },
  {
    reason:
      '`format` is an assertion here: a model that learns what is wrong corrects it; the standard makes it an annotation and leaves its use to the implementation',
    drafts: ['draft2020-12'],
    file: 'format',
    tests: /^invalid \S+ string is only an annotation by default$/,
  },
  {
    reason: '`contentEncoding` and `contentMediaType` are annotations here, as they are by the standard since 2019-09',
    drafts: ['draft7'],
    file: 'optional/content',
    tests: [
      'an invalid JSON document',
      'an invalid base64 string (% is not a valid character)',
      'a validly-encoded invalid JSON document',
      'an invalid base64 string that is valid JSON',
    ],
  },
  {
    reason: '1.0 and 1 are one number, as they are in all later drafts: models write either',
    drafts: ['draft4'],
    file: 'optional/zeroTerminatedFloats',
    tests: ['a float is not an integer even without fractional part'],
  },
];

/** Of the tests that refer to other documents, those that fail even with these documents inside the schema. */
export const NOT_EVEN_BUNDLED: readonly Exception[] = [
  {
    reason: 'a document with its own name is found by that, and not by the address it would be fetched from',
    drafts: SINCE_2019,
    file: 'refRemote',
    groups: ['remote HTTP ref with different $id', 'remote HTTP ref with different URN $id'],
    fault: NO_DOCUMENT,
  },
  {
    reason: 'a document with its own name is found by that, and not by the address it would be fetched from',
    drafts: ['draft2019-09'],
    file: 'optional/cross-draft',
    groups: ['refs to historic drafts are processed as historic drafts'],
    fault: NO_DOCUMENT,
  },
  { reason: "nothing here has draft 4's metaschema", drafts: ['draft4'], file: 'definitions', fault: NO_DOCUMENT },
  {
    reason: "nothing here has draft 4's metaschema",
    drafts: ['draft4'],
    file: 'ref',
    groups: ['remote ref, containing refs itself'],
    fault: NO_DOCUMENT,
  },
];

export function exceptionOf(
  draft: Draft,
  { file, description }: Group,
  { description: name }: Test,
  among = EXCEPTIONS,
): Exception | undefined {
  return among.find(
    ({ drafts = DRAFTS, file: where, groups, tests }) =>
      drafts.includes(draft) &&
      where === file &&
      (groups?.includes(description) ?? true) &&
      (tests === undefined || (tests instanceof RegExp ? tests.test(name) : tests.includes(name))),
  );
}
