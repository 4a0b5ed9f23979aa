/** One control that looks at content, as a column of the table. */
import type { Way } from '../../../dispatch/forms.ts';
import type { Lines } from '../../../dispatch/lines.ts';
import type { FrontOptions } from '../../../support/front.ts';
import type { Route } from './carry.ts';
import type { InwardCell, OutwardCell } from './cells.ts';

/**
 * What a control does in one direction, in words for the table; and the check that it does, at a cell of whichever
 * kind.
 */
export interface Doing<Cell> {
  /** Where a text may be changed. */
  readonly does: string;
  /** Where it may not. */
  readonly refusal: string;
  /** Where it does something else at one cell. */
  at?(cell: Cell): string | undefined;
  /** What it does where a cell says that texts pass, and this one doesn't. */
  passed?(cell: Cell): string | undefined;
  check(route: Route, cell: Cell, way: Way, lines: Lines): Promise<void>;
}

export interface Column {
  /** As in the table. */
  readonly name: string;
  readonly options: FrontOptions;
  readonly outward?: Doing<OutwardCell>;
  readonly inward?: Doing<InwardCell>;
}
