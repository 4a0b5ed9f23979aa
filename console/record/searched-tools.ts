/** A search for tools, which the proxy answers outside all controls. They see the list that it searches, as a separate call. */
import type { Searched } from '../../proxy/pipeline/observer.ts';
import type { Kept } from './kept.ts';
import { callerLabel, methodLabel, rounded, shortened } from './labels.ts';
import type { Setting } from './recording.ts';
import type { Detail, Summary, Text } from './records.ts';
import { MOST } from './tap.ts';
import { toldIds } from './told.ts';

const JSON_TYPE = 'application/json';

export class SearchedTools implements Kept {
  readonly id: number;
  /** The run of the console's form that it is part of. */
  readonly run: number | undefined;
  readonly summary: Summary;
  readonly toldIds: readonly string[];
  readonly #setting: Setting;
  readonly #claims: Readonly<Record<string, unknown>>;
  #request: string | undefined;
  #reply: string | undefined;

  constructor(id: number, searched: Searched, run: number | undefined, setting: Setting) {
    const { exchange, message, status, body, ms, outcome } = searched;
    const { caller, era, arrivedAt } = exchange;
    this.id = id;
    this.run = run;
    this.#setting = setting;
    this.#claims = caller.claims;
    this.#request = message.text;
    this.#reply = body.subarray(0, MOST).toString('utf8');
    this.toldIds = outcome === 'ok' ? [] : toldIds(JSON_TYPE, this.#reply);
    this.summary = {
      id,
      at: arrivedAt,
      kind: 'search',
      method: methodLabel(message.method ?? '', setting.showsValues),
      // Of the config.
      name: shortened(message.name ?? ''),
      era,
      caller: callerLabel(caller, setting.showsValues),
      outcome,
      ms: rounded(ms),
      status,
      changed: { request: false, reply: false },
      tried: run !== undefined,
    };
  }

  get detail(): Detail {
    const { showsValues } = this.#setting;
    const [request, reply] = [this.#text(this.#request), this.#text(this.#reply)];
    return {
      ...this.summary,
      claims: showsValues
        ? this.#claims
        : Object.fromEntries(Object.keys(this.#claims).map((name) => [name, '‹hidden›'])),
      request,
      steps: [],
      changes: [],
      moreChanges: 0,
      reply: reply && { type: JSON_TYPE, body: reply },
      dropped: reply === undefined,
    };
  }

  get weight(): number {
    return SMALL + (this.#request?.length ?? 0) + (this.#reply?.length ?? 0);
  }

  drop(): void {
    this.#request = this.#reply = undefined;
  }

  #text(text: string | undefined): Text | undefined {
    if (text === undefined) return undefined;
    const { shown } = this.#setting;
    return text.length <= MOST ? { text: shown(text) } : { text: shown(text.slice(0, MOST)), more: text.length - MOST };
  }
}

/** What an entry takes besides its texts. */
const SMALL = 1024;
