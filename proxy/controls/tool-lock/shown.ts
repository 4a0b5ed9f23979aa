/** What of the upstream's lists, instructions and skills is shown: only what agrees with the lock. */
import { ProxyError, UnknownName } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { isTurnOver, nextTurn } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { entriesOf } from '../shared/entries.ts';
import { foundOf } from '../shared/search.ts';
import type { Gate } from './gate.ts';
import { type KindName, KINDS } from './kinds.ts';
import { sha256Of } from './lock.ts';

export class Shown {
  readonly #gate: Gate;
  /** Whether other instructions, and another server, were reported. */
  #reportedText = false;
  #reportedServer = false;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** A page of a list. */
  list(kind: KindName, result: JsonObject, call: Call): Promise<JsonObject> {
    return this.#ifReadable(result, async () => {
      const { member } = KINDS[kind];
      const entries = entriesOf(result, member);
      const shown = await this.#agreeing(entries, kind, call, false);
      return shown === entries ? result : { ...result, [member]: shown };
    });
  }

  /** What the gateway's search found. */
  search(result: JsonObject, call: Call): Promise<JsonObject> {
    return this.#ifReadable(result, () => foundOf(result, (tools) => this.#agreeing(tools, 'tools', call, true)));
  }

  /** What the server says of itself. */
  server(result: JsonObject): JsonObject {
    const { lock, enforces } = this.#gate;
    const { instructions, ...others } = result;
    const { serverInfo } = result;
    if (isObject(serverInfo) && serverInfo['name'] !== lock.server && !this.#reportedServer) {
      this.#reportedServer = true;
      log.warn('the lock was written for a server of another name', {
        event: 'tool-lock',
        differs: ['serverInfo.name'],
      });
    }
    if (instructions === undefined || instructions === '') return result;
    const digest = typeof instructions === 'string' ? sha256Of(instructions) : undefined;
    if (lock.instructions.some(({ sha256 }) => sha256 === digest)) return result;
    if (!this.#reportedText) {
      this.#reportedText = true;
      log.warn(`the server's instructions differ from the lock${enforces ? ', so they are left out' : ''}`, {
        event: 'tool-lock',
        differs: ['instructions'],
      });
    }
    return enforces ? others : result;
  }

  skill(result: JsonObject, call: Call): JsonObject {
    const { skill } = result;
    if (isObject(skill) && skill['uri'] === call.params?.['uri'] && this.#gate.agrees('skills', skill, call))
      return result;
    return this.#withheld(result, call);
  }

  /** The content of a resource, if it is a file of a locked skill. */
  contents(result: JsonObject, call: Call): JsonObject {
    const { contents } = result;
    if (!Array.isArray(contents)) return result;
    for (const content of contents as readonly JsonValue[]) {
      if (!isObject(content)) continue;
      const { text, blob, uri } = content;
      const bytes = typeof text === 'string' ? text : typeof blob === 'string' ? Buffer.from(blob, 'base64') : '';
      // The upstream may name it otherwise than the call does.
      const uris = [call.params?.['uri'], uri];
      if (uris.some((each) => typeof each === 'string' && this.#gate.isOtherFile(each, bytes)))
        return this.#withheld(result, call);
    }
    return result;
  }

  #withheld(result: JsonObject, call: Call): JsonObject {
    if (!this.#gate.enforces) return result;
    const uri = call.exchange.channels.received?.name ?? call.params?.['uri'];
    throw new UnknownName('resource', typeof uri === 'string' ? uri : '');
  }

  /** The entries that agree; the same list if all do. Yields, since an entry may be long. */
  async #agreeing(
    entries: readonly JsonValue[],
    kind: KindName,
    call: Call,
    inPart: boolean,
  ): Promise<readonly JsonValue[]> {
    const shown: JsonValue[] = [];
    for (const entry of entries) {
      if (isObject(entry) && this.#gate.agrees(kind, entry, call, inPart)) shown.push(entry);
      if (isTurnOver()) await nextTurn();
    }
    if (shown.length === entries.length) return entries;
    call.note({
      control: 'tool-lock',
      [this.#gate.enforces ? 'withheld' : 'differing']: entries.length - shown.length,
    });
    return this.#gate.enforces ? shown : entries;
  }

  /** A list in a form that can't be filtered is refused, unless nothing is withheld anyway. */
  async #ifReadable(result: JsonObject, read: () => Promise<JsonObject>): Promise<JsonObject> {
    try {
      return await read();
    } catch (error) {
      if (this.#gate.enforces || !(error instanceof ProxyError)) throw error;
      return result;
    }
  }
}
