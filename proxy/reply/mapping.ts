/** How a control maps the messages of a reply, and when it looks at them. */
import type { Call } from '../call/call.ts';
import type { Fact } from '../call/exchange.ts';
import type { Source } from '../json/digits.ts';
import type { JsonObject } from '../json/value.ts';

/**
 * Gets one JSON-RPC message, frozen. Returns it unchanged, or a new one, or throws to refuse the reply. Undefined drops
 * this message only; a dropped request of the upstream is refused in the client's place. A response can't be dropped.
 * @param source the text that it was read from, if any: numbers there may have more digits than a double keeps
 * @param note notes a fact, as `call.note` does; it is noted again where the result is used again (`dependsOn`)
 */
export type MapMessage = (
  message: JsonObject,
  source: Source | undefined,
  note: Note,
) => JsonObject | undefined | Promise<JsonObject | undefined>;

export type Note = (fact: Fact) => void;

/**
 * Texts that are the same whenever what a control does with a reply is the same. As a function, it is asked before and
 * after the transformations run; undefined, or another answer after them: it is not known, or has changed.
 */
export type Dependence = readonly string[] | (() => readonly string[] | undefined);

export interface MapOptions {
  /**
   * Inspects only messages whose text may hold this string; a reply without it is not parsed. Must be ASCII letters,
   * digits and punctuation that JSON writes literally. In double quotes it matches a whole string, such as a key.
   * Spellings by `\\u00XX` or `\\/` escapes are found as well. With any other character in it, every message is
   * inspected.
   * @default - every message
   */
  readonly contains?: string;
  /**
   * Find the string only in its literal form, not in escaped spellings, which cost 40 µs per 100 KB to find.
   * @default false
   */
  readonly verbatim?: boolean;
  /**
   * Inspects only messages whose text it accepts, for conditions that `contains` can't express. The text is the
   * original bytes, or a string; for a batch, first the whole, then each message. Runs before parsing, so it must be
   * cheap.
   * @default - every message
   */
  readonly when?: (text: string | Buffer) => boolean;
  /**
   * Makes the same change as the function, but in the text of a response, without a parse: returns the parts that
   * change, in order; an empty list changes nothing; undefined means that this message must be parsed. It must not
   * depend on duplicate keys or anything else that only a parse can find.
   * @default - always parsed
   */
  readonly text?: (json: string) => readonly TextEdit[] | undefined | Promise<readonly TextEdit[] | undefined>;
  /**
   * @internal The function returns a progress notification unchanged if it has the protocol's members only, whatever
   * their values are.
   * @default false
   */
  readonly leavesProgress?: boolean;
  /**
   * @internal `when` searches for something of at most 1,024 bytes: it accepts each text that holds one which it
   * accepts, whatever is around it.
   * @default false
   */
  readonly whenAnywhere?: boolean;
  /**
   * @internal The name of a `when` that depends on nothing but the text: all with the same name accept the same texts.
   * @default - not known
   */
  readonly whenNamed?: string;
}

/** A part of a text and its replacement. */
export interface TextEdit {
  /** Characters from the start of the text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @internal A transformation that a control attached. */
export interface Transform {
  readonly map: MapMessage;
  readonly contains: string | undefined;
  readonly verbatim?: boolean | undefined;
  readonly when?: MapOptions['when'];
  readonly text?: MapOptions['text'];
  readonly leavesProgress?: MapOptions['leavesProgress'];
  readonly whenAnywhere?: MapOptions['whenAnywhere'];
  readonly whenNamed?: MapOptions['whenNamed'];
  /** The control that attached it, set when the control has returned the reply; undefined for the proxy's own. */
  control?: string | undefined;
  /** The call as that control got it. */
  call?: Call | undefined;
  /** What that control's treatment of the reply depends on; undefined: it is not known. */
  dependsOn?: readonly Dependence[] | undefined;
}
