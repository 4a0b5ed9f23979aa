/** What transformations did with one message, and whether they would do the same again. */
import type { Fact } from '../call/exchange.ts';
import type { JsonObject } from '../json/value.ts';
import type { Note, Transform } from './mapping.ts';

/** A fact that a transformation noted with the function that it was given. */
export interface Noted {
  /** The index of the transformation. */
  readonly by: number;
  readonly fact: Fact;
}

export class Applied {
  readonly noted: Noted[] = [];
  #isRepeatable = true;
  /** Facts of the call before the current transformation, and those that it noted. */
  #facts = 0;
  #from: JsonObject | undefined;
  #to: JsonObject | undefined;
  #isInText = false;

  /** A transformation runs. Returns the function with which it notes facts. */
  begin({ call, dependsOn }: Transform, by: number): Note {
    if (dependsOn === undefined) this.#isRepeatable = false;
    this.#facts = call?.facts.length ?? 0;
    return (fact) => {
      call?.note(fact);
      this.#facts++;
      this.noted.push({ by, fact: { ...fact } });
    };
  }

  /** It has returned. What it noted in another way can't be repeated. */
  end({ call }: Transform): void {
    if (this.#facts !== (call?.facts.length ?? 0)) this.#isRepeatable = false;
  }

  /** All have run. @param to undefined: the message was dropped */
  ended(from: JsonObject, to: JsonObject | undefined): void {
    this.#from = from;
    this.#to = to;
  }

  /** All have run on the text of a result, not on a message. */
  endedInText(): void {
    this.#isInText = true;
  }

  /** Whether they make the same of the same result again, if what they depend on is the same. */
  get isRepeatable(): boolean {
    if (this.#isInText) return this.#isRepeatable;
    const [from, to] = [this.#from, this.#to];
    if (!this.#isRepeatable || from?.['result'] === undefined || to === undefined) return false;
    const keys = Object.keys(from);
    return Object.keys(to).length === keys.length && keys.every((key) => key === 'result' || from[key] === to[key]);
  }
}
