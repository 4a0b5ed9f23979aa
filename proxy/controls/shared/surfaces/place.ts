/** Where a string stands: what a control needs to know to decide about it. */
import type { Work } from '../../../base/turns.ts';
import type { Subject } from './subject.ts';

/** Which way a message goes. */
export type Direction = 'upstream' | 'client';

/** What carries strings. `docs/surfaces.md` has the list, with what each control does there. */
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
 * Which of a config's rules may permit something at a place. `any`: at the data that a tool or a prompt is about.
 * `named`: those that name the method. `none`: it isn't what a config names, but something that somebody may write like
 * it.
 */
export type Permits = 'any' | 'named' | 'none';

/** One string's place. One object serves a whole walk: keep what you need of it, not the object. */
export interface Place extends Subject {
  readonly direction: Direction;
  readonly surface: SurfaceName;
  /** The method of the call, or of the upstream's own request or notification. */
  readonly method: string;
  /** Keys and indices from the root of the message's params or result, those within JSON in a string included. */
  readonly path: readonly Segment[];
  /**
   * How many segments of the path lead to each root there is: to `arguments`, `structuredContent`, then to JSON in a
   * string, and to JSON in that.
   */
  readonly roots: readonly number[];
  /** The last of them. */
  readonly root: number;
  /** Which rules that permit something count here. */
  readonly permits: Permits;
  /** It is an object's key; the path leads to its value. */
  readonly isKey: boolean;
  /**
   * The protocol or software goes by it (a tool's name, a cursor): it can be looked at, and refused, but not changed.
   */
  readonly fixed: boolean;
  /** The protocol's own words, or a JSON Schema's: no field that a config names, whatever it is called. */
  readonly grammar: boolean;
  /** It goes out again by itself: back to the upstream with the client's answer, or to whoever a URL names. */
  readonly echoed: boolean;
  /**
   * It is JSON that can't be told for sure what it says (a key twice), or that is nested too deeply: it is shown as the
   * text that it is.
   */
  readonly unreadable: boolean;
  /** The nearest key above: evidence of what the string is. */
  readonly field: string | undefined;
  /** How many JSON texts it lies within. */
  readonly nested: number;
  /**
   * The digits of the whole part of the number that stands there, as they were written: a double keeps 15 to 17 of
   * them.
   */
  digits(value: number): string;
}

/** A number as a text beside it may say it: a double of many digits isn't what was written. */
export function textOf(value: number, at: Place): string {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? at.digits(value) : String(value);
}

/** What a control does with each string. Nothing is waited for: whatever has to be is done between two walks. */
export interface Visitor {
  /** Returns the string, or what is to stand in its place; of a long text the work that leads there. */
  text(text: string, at: Place): string | Work<string>;
  /** The same for a number. @default - numbers are left alone */
  number?(value: number, at: Place): string | number | boolean | null;
  /**
   * Whether a rule says what becomes of all of a string at that place: JSON or base64 in it isn't read then.
   * @default - none does
   */
  whole?(at: Place): boolean;
  /** Whether a string may hold anything of interest: JSON in it is parsed only then. @default - always */
  concerns?(text: string): boolean;
  /** Whether base64 that decodes to text (a resource's `blob`, an image's `data`) is looked into. @default true */
  readonly blobs?: boolean;
}
