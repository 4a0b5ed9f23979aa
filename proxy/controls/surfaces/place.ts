/** Where a string stands: what a control needs to know to decide about it. */
import type { JsonValue } from '../../json/lossless.ts';

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

/** One string's place. One object serves a whole walk: keep what you need of it, not the object. */
export interface Place {
  readonly direction: Direction;
  readonly surface: SurfaceName;
  /** The method of the call, or of the upstream's own request or notification. */
  readonly method: string;
  /** The tool or prompt of the call that this belongs to. */
  readonly tool: string | undefined;
  /** Keys and indices from the root of the message's params or result, those within JSON in a string included. */
  readonly path: readonly Segment[];
  /** How many segments of the path lead to the root of the data: to `arguments`, `structuredContent`, a JSON text. */
  readonly root: number;
  /** It is an object's key; the path leads to its value. */
  readonly isKey: boolean;
  /** The protocol or software goes by it (a tool's name, a cursor): it can be looked at, and refused, but not changed. */
  readonly fixed: boolean;
  /** The nearest key above: evidence of what the string is. */
  readonly field: string | undefined;
  /** How many JSON texts it lies within. */
  readonly nested: number;
}

/** What a control does with each string. Synchronous: whatever takes time is done between two walks. */
export interface Visitor {
  /** Returns the string, or what is to stand in its place. */
  text(text: string, at: Place): string;
  /** The same for a number. @default - numbers are left alone */
  number?(value: number, at: Place): JsonValue;
  /** Whether a string may hold anything of interest: JSON in it is parsed only then. @default - always */
  concerns?(text: string): boolean;
  /** Whether base64 that decodes to text (a resource's `blob`, an image's `data`) is looked into. @default true */
  readonly blobs?: boolean;
}
