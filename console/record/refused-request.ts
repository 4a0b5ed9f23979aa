/** A request that was refused before it became a call: there is no way through the controls, only what the client was told. */
import { METHODS } from 'node:http';
import type { ErrorCode } from '../../proxy/base/errors.ts';
import type { Told } from '../../proxy/call/wire.ts';
import type { Kept } from './kept.ts';
import { methodLabel } from './labels.ts';
import type { Setting } from './recording.ts';
import type { Detail, Summary } from './records.ts';
import { toldIds } from './told.ts';

/** Those that a server knows; a client may send any other word. */
const HTTP = new Set(METHODS);
const JSON_TYPE = 'application/json';

export class RefusedRequest implements Kept {
  readonly id: number;
  readonly summary: Summary;
  readonly toldIds: readonly string[];
  readonly #setting: Setting;
  #body: string | undefined;

  constructor(id: number, code: ErrorCode, { status, body, method = '?' }: Told, setting: Setting) {
    this.id = id;
    this.#setting = setting;
    this.#body = body;
    this.toldIds = toldIds(JSON_TYPE, body);
    this.summary = {
      id,
      at: Date.now(),
      kind: 'refused',
      method: HTTP.has(method) ? method : methodLabel(method, setting.showsValues),
      era: 'not known',
      caller: 'not read',
      outcome: code,
      status,
      changed: { request: false, reply: false },
      tried: false,
    };
  }

  get detail(): Detail {
    const body = this.#body;
    return {
      ...this.summary,
      claims: {},
      steps: [],
      changes: [],
      moreChanges: 0,
      reply: body === undefined ? undefined : { type: JSON_TYPE, body: { text: this.#setting.shown(body) } },
      dropped: body === undefined,
    };
  }

  get weight(): number {
    return SMALL + (this.#body?.length ?? 0);
  }

  drop(): void {
    this.#body = undefined;
  }
}

/** What an entry takes besides its texts. */
const SMALL = 1024;
