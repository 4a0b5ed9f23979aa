/** Checks every string of a call at the configured places for refused content. */
import { Invalid } from '../../base/errors.ts';
import { LONG_TEXT, type Work } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { cut } from '../../json-schema/keywords/words.ts';
import { pathOf } from '../../json-schema/message.ts';
import { mapCall, type Place, subjectOf, type Visitor } from '../shared/surfaces/index.ts';
import { Scopes } from '../shared/surfaces/scope.ts';
import type { Refusing } from './options.ts';
import { percentDecoded, SANITIZERS, type Sanitizer, type SanitizerName } from './sanitizers.ts';

interface Switched {
  readonly name: SanitizerName;
  readonly sanitizer: Sanitizer;
  readonly scopes: Scopes<true>;
}

export class Sanitizing {
  readonly #switched: readonly Switched[];

  constructor(refuse: readonly Refusing[]) {
    this.#switched = (Object.keys(SANITIZERS) as SanitizerName[]).flatMap((name) => {
      const scopes = refuse.filter(({ what }) => what.includes(name)).map((scope) => [scope, true] as const);
      return scopes.length === 0 ? [] : [{ name, sanitizer: SANITIZERS[name], scopes: new Scopes(scopes) }];
    });
  }

  /** Throws {@link Invalid}, or rejects with it. */
  check(call: Call): void | Promise<void> {
    if (this.#switched.length === 0) return undefined;
    const subject = subjectOf(call);
    const switched = this.#switched.filter(({ scopes }) => scopes.of(subject, call.method).length > 0);
    return switched.length === 0 ? undefined : this.#check(call, switched);
  }

  #check(call: Call, switched: readonly Switched[]): void | Promise<void> {
    // Check the string itself first, because JSON text may be used as a path. Then check the decoded strings of the
    // JSON.
    let looksLikeJson = false;
    const asItStands: Visitor = {
      text: (text, at) => {
        looksLikeJson ||= /^\s*[{[]/.test(text);
        return look(switched, text, at);
      },
      concerns: () => false,
      blobs: false,
    };
    const andWithin = (): void | Promise<void> => {
      const walked = looksLikeJson ? mapCall(call, { text: (text, at) => look(switched, text, at) }) : undefined;
      return walked instanceof Promise ? walked.then(() => undefined) : undefined;
    };
    const walked = mapCall(call, asItStands);
    return walked instanceof Promise ? walked.then(andWithin) : andWithin();
  }
}

function look(switched: readonly Switched[], text: string, at: Place): string | Work<string> {
  const asked = switched.filter(({ scopes }) => scopes.at(at) !== undefined);
  if (asked.length === 0) return text;
  if (text.length > LONG_TEXT) return lookLong(asked, text, at);
  const decoded = text.includes('%') ? percentDecoded(text) : text;
  for (const one of asked) refuseIn(one, text, decoded, at);
  return text;
}

function* lookLong(asked: readonly Switched[], text: string, at: Place): Work<string> {
  const decoded = text.includes('%') ? percentDecoded(text) : text;
  for (const one of asked) {
    yield;
    refuseIn(one, text, decoded, at);
  }
  return text;
}

function refuseIn({ sanitizer }: Switched, text: string, decoded: string, at: Place): void {
  if (!sanitizer.refuses(text) && (decoded === text || !sanitizer.refuses(decoded))) return;
  throw new Invalid(
    `${at.isKey ? 'a name in ' : ''}${cut(pathOf(at.path.slice(at.path[0] === 'arguments' ? 1 : 0)))}: expected ${sanitizer.expected}, got ${sanitizer.got}`,
  );
}
