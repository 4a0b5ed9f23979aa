/** The place of a string: what a control needs to decide about it. */
import type { Work } from '../../../base/turns.ts';
import type { Holders } from '../detectors/holders.ts';
import type { Subject } from './subject.ts';

/** The direction of a message. */
export type Direction = 'upstream' | 'client';

/** The kinds of places where strings may be. `docs/surfaces.md` lists them, with what each control does there. */
export type SurfaceName =
  // towards the upstream
  | 'name'
  | 'arguments'
  | 'uri'
  | 'completion'
  | 'answer'
  | 'params'
  | 'envelope'
  // towards the client
  | 'text'
  | 'structuredContent'
  | 'resource'
  | 'prompt'
  | 'instructions'
  | 'descriptions'
  | 'error'
  | 'progress'
  | 'log'
  | 'elicitation'
  | 'sampling'
  | 'notification'
  | 'result'
  // both ways
  | 'meta';

export type Segment = string | number;

/**
 * Which rules of a config may permit something at a place. `any`: all, because it is the data of a tool or a prompt.
 * `named`: those that name the method. `none`: none, because anybody may write data there that looks like a field of
 * the config.
 */
export type Permits = 'any' | 'named' | 'none';

/** One string's place. One object serves a whole walk: keep the values you need, not the object. */
export interface Place extends Subject {
  readonly direction: Direction;
  readonly surface: SurfaceName;
  /** The method of the call, or of the upstream's own request or notification. */
  readonly method: string;
  /** Keys and indices from the root of the message's params or result, including those within JSON in a string. */
  readonly path: readonly Segment[];
  /**
   * Path lengths to each root: to `arguments` or `structuredContent`, then to JSON in a string, and to JSON inside
   * that.
   */
  readonly roots: readonly number[];
  /** The last root. */
  readonly root: number;
  /** Which rules may permit something here. */
  readonly permits: Permits;
  /** The string is an object's key; the path leads to its value. */
  readonly isKey: boolean;
  /**
   * The protocol or software relies on the string (a tool's name, a cursor): it can be read and refused, but not
   * changed.
   */
  readonly fixed: boolean;
  /** Keywords of the protocol or of a JSON Schema. They are never a field of the config, even with the same name. */
  readonly grammar: boolean;
  /**
   * The string leaves again without a further call: back to the upstream with the client's answer, or to the host of a
   * URL.
   */
  readonly echoed: boolean;
  /** Ambiguous JSON (a duplicate key) or JSON that is nested too deeply: it is visited as plain text. */
  readonly unreadable: boolean;
  /** The nearest key above, as evidence of what the string is. */
  readonly field: string | undefined;
  /** The object or list that contains each segment of the path, as evidence of what the string is. */
  readonly holders: Holders;
  /** How many JSON texts enclose it. */
  readonly nested: number;
  /**
   * The integer digits of the number at this place, as written in the message: a double keeps only 15 to 17 of them.
   */
  digits(value: number): string;
}

/** A number as the text beside it may write it. A double with many digits differs from the original. */
export function textOf(value: number, at: Place): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? at.digits(value) : String(value);
}

/** What a control does with each string. It can't wait for promises; asynchronous work happens between two walks. */
export interface Visitor {
  /** Returns the string or its replacement; for a long text, the work that computes it. */
  text(text: string, at: Place): string | Work<string>;
  /** The same for a number. @default - numbers are left alone */
  number?(value: number, at: Place): string | number | boolean | null;
  /**
   * Whether a rule covers the whole string at that place, so that JSON or base64 in it is not read.
   * @default - no rule does
   */
  whole?(at: Place): boolean;
  /** Whether a string may contain anything of interest. JSON in it is parsed only if so. @default - always */
  concerns?(text: string): boolean;
  /** Whether base64 that decodes to text (a resource's `blob`, an image's `data`) is visited. @default true */
  readonly blobs?: boolean;
}
