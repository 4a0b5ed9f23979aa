/** What a caller is shown. Types only: the page imports them. */
import type { JsonObject } from '../../proxy/json/value.ts';

export type Kind = 'tools' | 'prompts' | 'resources' | 'templates';

export interface Catalogue extends Readonly<Record<Kind, readonly JsonObject[]>> {
  readonly server: string;
  readonly instructions: string;
  readonly version: string;
  /** What is listed, but so that clients may refuse it and the whole list with it. */
  readonly invalid: readonly Invalid[];
  /** Why a list is not there, by its kind. */
  readonly failed: Readonly<Partial<Record<Kind, string>>>;
}

export interface Invalid {
  readonly kind: Kind;
  /** Undefined: it has none. */
  readonly name: string | undefined;
  readonly why: string;
}

/** Who may use what. */
export interface Matrix {
  readonly callers: readonly string[];
  /** The config has an access policy, so the cells say what it decides. */
  readonly hasPolicy: boolean;
  readonly rows: readonly MatrixRow[];
  /** What could not be asked. */
  readonly notes: readonly MatrixNote[];
}

export interface MatrixNote {
  readonly what: string;
  readonly why: string;
}

export interface MatrixRow {
  readonly kind: Kind;
  readonly name: string;
  /** One for each caller. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  /** The caller's list shows it. Undefined: the list is not known. */
  readonly isShown: boolean | undefined;
  /** Of the access policy. */
  readonly verdict?: 'allow' | 'deny' | 'undecidable';
  /** Ids of the rules that decided. */
  readonly rules: readonly string[];
}

/** What upstreams offer now, compared with a lock. */
export interface Drift {
  /** Where the lock is from. Undefined: there is none. */
  readonly lock: string | undefined;
  readonly changes: readonly DriftChange[];
  /** What could not be compared. */
  readonly notes: readonly MatrixNote[];
}

export interface DriftChange {
  readonly what: string;
  readonly kind: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly dangers: readonly string[];
}
