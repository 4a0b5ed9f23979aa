/** What both directions of tokenization know of one call. */
import type { Call } from '../../call/call.ts';
import type { Visitor } from '../shared/surfaces/index.ts';
import type { MaySee } from './detokenize.ts';
import type { Issued } from './hide.ts';
import type { Loaded } from './loaded.ts';
import type { TokenizationOptions } from './options.ts';
import type { Rules } from './rules.ts';

export interface Setting {
  /** The control's name, for facts. */
  readonly name: string;
  readonly options: TokenizationOptions;
  readonly rules: Rules;
  readonly loaded: Loaded;
}

/** A walk over all strings of a call or message. */
export type Walked<T> = (visitor: Visitor) => T | Promise<T>;

export interface Crossing {
  readonly call: Call;
  readonly setting: Setting;
  /** Tokens without a marker that the call got. */
  readonly issued: Issued;
  readonly maySee: MaySee;
  /** Whether another caller would get another reply. */
  readonly dependsOnCaller: boolean;
  /** @throws Denied if the caller has none */
  readonly tenant: string;
}
