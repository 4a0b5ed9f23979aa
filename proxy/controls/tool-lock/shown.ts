/** What of the upstream's lists and skills is shown: only what agrees with the lock. */
import { ProxyError, UnknownName } from '../../base/errors.ts';
import { isTurnOver, nextTurn } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { fold } from '../../call/variants.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Note } from '../../reply/mapping.ts';
import { entriesOf, refuseVariants } from '../shared/entries.ts';
import { foundOf, type ShowTools } from '../shared/search.ts';
import type { Gate } from './gate.ts';
import { type KindName, KINDS } from './kinds.ts';
import { contentOnly, resultOnly } from './resource.ts';

export class Shown {
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** A page of a list. */
  list(kind: KindName, result: JsonObject, call: Call, note: Note): Promise<JsonObject> {
    return this.#ifReadable(result, async () => {
      const { member } = KINDS[kind];
      const entries = entriesOf(result, member);
      const shown = await this.#agreeing(entries, kind, call, false, note);
      return shown === entries ? result : { ...result, [member]: shown };
    });
  }

  /** What the gateway's search found, without members beside the tools. */
  search(result: JsonObject, call: Call, note: Note): Promise<JsonObject> {
    const show: ShowTools = (tools) => this.#agreeing(tools, 'tools', call, true, note);
    return this.#ifReadable(result, () => foundOf(result, show, { onlyTools: this.#gate.enforces }));
  }

  /** A list of resources, or a directory: files of skills as the lock has them. */
  resources(result: JsonObject, note: Note): Promise<JsonObject> {
    return this.#ifReadable(result, async () => {
      const entries = entriesOf(result, 'resources');
      const shown: JsonValue[] = [];
      for (const entry of entries) {
        const view = isObject(entry) ? this.#gate.resource(entry) : undefined;
        if (view !== undefined) shown.push(view);
        if (isTurnOver()) await nextTurn();
      }
      this.#noteWithheld(entries.length - shown.length, note);
      const isSame = shown.length === entries.length && shown.every((entry, i) => entry === entries[i]);
      return isSame || !this.#gate.enforces ? result : { ...result, resources: shown };
    });
  }

  skill(result: JsonObject, call: Call): JsonObject {
    if (this.#gate.enforces) refuseVariants(result, 'skill');
    const { skill } = result;
    if (isObject(skill) && skill['uri'] === call.params?.['uri'] && this.#gate.agrees('skills', skill, call))
      return this.#gate.enforces ? resultOnly(result, 'skill') : result;
    return this.#withheld(result, call);
  }

  /** The content of a resource, if it is a file of a locked skill. */
  contents(result: JsonObject, call: Call): JsonObject {
    if (this.#gate.enforces) refuseVariants(result, 'contents');
    const given = result['contents'];
    // The upstream asks something first.
    if (given === undefined) return result;
    if (!Array.isArray(given) || !given.every(isObject))
      return this.#isDigested(call.params?.['uri']) ? this.#withheld(result, call) : result;
    const asked = call.params?.['uri'];
    const shown: JsonObject[] = [];
    for (const content of given as readonly JsonObject[]) {
      // The upstream may name it otherwise than the call does.
      const uris = [asked, content['uri']];
      const bytes = bytesOf(content);
      if (uris.some((each) => typeof each === 'string' && this.#gate.isOtherFile(each, bytes)))
        return this.#withheld(result, call);
      // Any text may stand in place of a URI.
      if (this.#isDigested(asked) && !this.#isDigested(content['uri'])) return this.#withheld(result, call);
      shown.push(this.#isDigested(content['uri']) ? contentOnly(content) : content);
    }
    if (!this.#gate.enforces) return result;
    const isSame = shown.every((content, i) => content === given[i]);
    const next = isSame ? result : { ...result, contents: shown };
    return this.#isDigested(asked) ? resultOnly(next, 'contents') : next;
  }

  #isDigested(uri: JsonValue | undefined): boolean {
    return typeof uri === 'string' && this.#gate.hasDigest(uri);
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
    note: Note,
  ): Promise<readonly JsonValue[]> {
    const shown: JsonValue[] = [];
    for (const entry of entries) {
      if (isObject(entry) && this.#gate.agrees(kind, entry, call, inPart)) shown.push(entry);
      if (isTurnOver()) await nextTurn();
    }
    if (shown.length === entries.length) return entries;
    this.#noteWithheld(entries.length - shown.length, note);
    return this.#gate.enforces ? shown : entries;
  }

  #noteWithheld(count: number, note: Note): void {
    if (count > 0) note({ control: 'tool-lock', [this.#gate.enforces ? 'withheld' : 'differing']: count });
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

/** What a content has in one reading only; undefined if readers may take it for different bytes. */
function bytesOf(content: JsonObject): string | Buffer | undefined {
  const { text, blob } = content;
  const named = Object.keys(content).filter((key) => ['text', 'blob'].includes(fold(key)));
  if (named.length !== 1) return undefined;
  if (typeof text === 'string') return text;
  if (typeof blob !== 'string') return undefined;
  const bytes = Buffer.from(blob, 'base64');
  // Decoders differ in what they skip, so only the one form of these bytes is taken.
  return bytes.toString('base64') === blob ? bytes : undefined;
}
