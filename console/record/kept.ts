/** What the store remembers: a call, or a request that was refused before it became one. */
import type { Detail, Summary } from './records.ts';

export interface Kept {
  readonly id: number;
  readonly summary: Summary;
  readonly detail: Detail;
  /** Characters and bytes that it holds, nearly. */
  readonly weight: number;
  /** Ids of its error, by which the client knows it. */
  readonly toldIds: readonly string[];
  /** Forgets the texts. */
  drop(): void;
}
