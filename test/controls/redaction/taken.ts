/**
 * Checks a value at a cell, in either direction: it is removed, or the message is refused if software relies on that
 * place.
 */
import { expect } from 'vitest';
import type { Way } from '../../dispatch/forms.ts';
import type { Carried, Route } from '../shared/surfaces/carry.ts';
import type { InwardCell, OutwardCell } from '../shared/surfaces/cells.ts';

type Check<Cell> = (route: Route, cell: Cell, way: Way) => Promise<void>;

/** In any spelling that the cells use. */
export function isIn(text: string, value: string): boolean {
  const percent = [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join('');
  return [value, value.slice(1), encodeURIComponent(value), percent].some((spelling) => text.includes(spelling));
}

export function redactedOut(value: string, by: string): Check<OutwardCell> {
  return async (route, cell, way) => {
    const { arrived, reply } = await route.out(cell, way, value);
    expectTaken(cell, arrived, reply, value, by);
  };
}

export function redactedIn(value: string, by: string): Check<InwardCell> {
  return async (route, cell, way) => {
    const { arrived, reply } = await route.in(cell, way, value);
    expectTaken(cell, arrived, reply, value, by);
  };
}

function expectTaken(
  { kind }: InwardCell | OutwardCell,
  arrived: string,
  { text }: Carried['reply'],
  value: string,
  by: string,
): void {
  expect(isIn(arrived, value)).toBe(typeof kind === 'object');
  if (kind === 'data') expect(arrived).toContain(by);
  if (kind === 'fixed') expect(text).toMatch(/"code":-31403|^$/);
}
