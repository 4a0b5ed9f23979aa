/** One control that inspects content, as a column of the table. */
import type { Way } from '../../../dispatch/forms.ts';
import type { Lines } from '../../../dispatch/lines.ts';
import type { FrontOptions } from '../../../support/front.ts';
import type { Route } from './carry.ts';
import type { InwardCell, OutwardCell } from './cells.ts';

/** What a control does in one direction, in words for the table; and the check of it at a cell of any kind. */
export interface Doing<Cell> {
  /** If the text may be changed. */
  readonly does: string;
  /** If it may not be changed. */
  readonly refusal: string;
  /** If it does something else at one cell. */
  at?(cell: Cell): string | undefined;
  /** What it does at a cell where texts pass, if this control does not pass them. */
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
