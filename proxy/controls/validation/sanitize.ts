/** Looks for what is refused at the places that the config names, in every string of a call. */
import type { Call } from '../../call.ts';
import { Invalid } from '../../errors.ts';
import { mapCall, type Place, subjectOf, type Visitor } from '../surfaces/index.ts';
import { Scopes } from '../surfaces/scope.ts';
import { cut } from './keywords/words.ts';
import { pathOf } from './message.ts';
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

  /** Throws {@link Invalid}. */
  check(call: Call): void {
    if (this.#switched.length === 0) return;
    const subject = subjectOf(call);
    const switched = this.#switched.filter(({ scopes }) => scopes.of(subject, call.method).length > 0);
    if (switched.length === 0) return;
    // As it stands: a text that looks like JSON may well be taken for a path. Then what such a text says, spelled by escapes.
    let looksLikeJson = false;
    const asItStands: Visitor = {
      text: (text, at) => {
        looksLikeJson ||= /^\s*[{[]/.test(text);
        return look(switched, text, at);
      },
      concerns: () => false,
      blobs: false,
    };
    mapCall(call, asItStands);
    if (looksLikeJson) mapCall(call, { text: (text, at) => look(switched, text, at) });
  }
}

function look(switched: readonly Switched[], text: string, at: Place): string {
  const decoded = text.includes('%') ? percentDecoded(text) : text;
  for (const { sanitizer, scopes } of switched) {
    if (scopes.at(at) === undefined || !(sanitizer.refuses(text) || (decoded !== text && sanitizer.refuses(decoded)))) continue;
    throw new Invalid(`${at.isKey ? 'a name in ' : ''}${cut(pathOf(at.path.slice(at.path[0] === 'arguments' ? 1 : 0)))}: expected ${sanitizer.expected}`);
  }
  return text;
}
