import { atOnce } from '../../../../proxy/base/turns.ts';
/** Runs detectors on a tool's result as redaction does: through the walk of the surfaces, with its evidence. */
import type { Call } from '../../../../proxy/call/call.ts';
import { Redactor, Rules } from '../../../../proxy/controls/redaction/redactor.ts';
import { type Detector, loadDetectors } from '../../../../proxy/controls/shared/detectors/index.ts';
import { mapMessage, type Place, textOf, type Visitor } from '../../../../proxy/controls/shared/surfaces/index.ts';
import type { JsonObject, JsonValue } from '../../../../proxy/json/value.ts';
import { toolCall } from '../../../dispatch/fake.ts';

/** A string or number that the walk visited, and what became of it. */
export interface Visited {
  readonly before: string;
  readonly after: string;
}

export class Probe {
  readonly #rules: Rules;
  readonly #detectors: readonly Detector[];
  readonly #call: Call = toolCall();

  constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors;
    this.#rules = new Rules({ detectors });
  }

  load(): Promise<void> {
    return loadDetectors(this.#detectors);
  }

  /** Everything that was visited. @param document a text, or structured content */
  async visit(document: JsonValue): Promise<readonly Visited[]> {
    const visited: Visited[] = [];
    const redactor = new Redactor(this.#rules);
    const visitor: Visitor = {
      text(text: string, at: Place) {
        const after = redactor.text(text, at);
        const written = typeof after === 'string' ? after : atOnce(after);
        visited.push({ before: text, after: written });
        return written;
      },
      number(value: number, at: Place) {
        const after = redactor.number(value, at);
        const written = textOf(value, at);
        visited.push({ before: written, after: after === null ? REDACTED : written });
        return after;
      },
      whole: (at: Place) => redactor.whole(at),
    };
    const message: JsonObject = { jsonrpc: '2.0', id: 1, result: resultOf(document) };
    await mapMessage(message, this.#call, visitor, { json: JSON.stringify(message), value: message });
    return visited;
  }
}

const REDACTED = 'REDACTED_NUMBER';
const WRITTEN = /REDACTED(?:_[A-Z0-9]+)+/g;

function resultOf(document: JsonValue): JsonObject {
  return typeof document === 'string'
    ? { content: [{ type: 'text', text: document }] }
    : { content: [], structuredContent: document };
}

/** Whether the value was removed, with at most `slack` more characters. */
export function isFound(visited: readonly Visited[], value: string, slack: number): boolean {
  return visited.some(({ before, after }) => {
    const at = before.indexOf(value);
    return (
      at >= 0 &&
      before !== after &&
      removed(before, after).some(
        ([from, to]) => from <= at && to >= at + value.length && to - from - value.length <= slack,
      )
    );
  });
}

/** The parts of a text that were removed: what is between the parts that are left. */
export function removed(before: string, after: string): (readonly [from: number, to: number])[] {
  const kept = after.split(WRITTEN);
  const parts: (readonly [number, number])[] = [];
  let at = kept[0]?.length ?? 0;
  for (let i = 1; i < kept.length; i++) {
    const next = kept[i] ?? '';
    // The last part ends the text; the others are searched for after something was removed.
    const found = i === kept.length - 1 ? before.length - next.length : before.indexOf(next, at + 1);
    parts.push([at, found]);
    at = found + next.length;
  }
  return parts;
}
