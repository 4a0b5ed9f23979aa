/** Every cell of the table in docs/surfaces.md, for every content control. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { way } from '../../../dispatch/forms.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { existsIn, existsOut, type Route, startRoute } from './carry.ts';
import { INWARD, OUTWARD } from './cells.ts';
import { COLUMNS } from './columns.ts';

const WAYS = (['modern', 'legacy'] as const).flatMap((era) =>
  (['json', 'events'] as const).map((form) => way(era, form)),
);
const lines = new Lines();

beforeAll(() => lines.start());
afterAll(() => lines.stop());

describe.each(COLUMNS.map((column) => [column.name, column] as const))('%s', (_name, { options, outward, inward }) => {
  let route: Route;
  beforeAll(async () => {
    route = await startRoute(options);
  });
  afterAll(() => route[Symbol.asyncDispose]());

  for (const way of WAYS) {
    const form = `${way.era}, ${way.form}`;
    if (outward !== undefined) {
      test.each(OUTWARD.filter((cell) => existsOut(cell, way)).map((cell) => [cell.name, cell] as const))(
        `towards the upstream (${form}): %s`,
        (_cell, cell) => outward.check(route, cell, way, lines),
      );
    }
    if (inward !== undefined) {
      test.each(INWARD.filter((cell) => existsIn(cell, way)).map((cell) => [cell.name, cell] as const))(
        `towards the client (${form}): %s`,
        (_cell, cell) => inward.check(route, cell, way, lines),
      );
    }
  }
});

test('every cell exists in some way, and names are unique', () => {
  for (const [cells, exists] of [
    [OUTWARD, existsOut],
    [INWARD, existsIn],
  ] as const) {
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length);
    for (const cell of cells)
      expect(
        WAYS.some((way) => exists(cell, way)),
        cell.name,
      ).toBe(true);
  }
});
