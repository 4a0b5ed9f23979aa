import { expect, test } from 'vitest';
import { COMMANDS } from '../../../../../proxy/controls/shared/detectors/secret/command-table.ts';

/** A pattern of a command is matched in one go: an unlimited repetition reads all of a long text at once. */
const UNLIMITED = /(?<!\\)[+*](?![^[\]]*\])|\{\d+,\}/;

test.each(
  [...COMMANDS]
    .flatMap(([name, { after, before, input }]) => [after, before, input].map((p) => [name, p] as const))
    .filter(([, pattern]) => pattern !== undefined),
)('each repetition in a pattern of %s has a limit: %s', (_name, pattern) => {
  expect(pattern?.source).not.toMatch(UNLIMITED);
});
