/** Tools that can be searched: what each is shown as, and the ranker over all of them. Kept by the digest of the list. */
import { createHash } from 'node:crypto';
import { Cache } from '../base/cache.ts';
import { ProxyError } from '../base/errors.ts';
import { flat } from '../base/flat.ts';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import { isObject } from '../json/lossless.ts';
import { itemsAt, membersAt } from '../json/strict.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Page, ReadPage } from './listing.ts';
import { looksOwn } from './own-tools.ts';
import { Ranker } from './ranker.ts';
import type { OwnNames } from './settings.ts';

/** Bytes of all lists that are kept. Callers that see the same list share one. */
const MAX_BYTES = 128 * 1024 * 1024;

/** Tools of one list, at most. */
const MAX_TOOLS = 100_000;

/** What a found tool is shown with. */
const SHOWN = ['name', 'title', 'description', 'inputSchema', 'annotations'];

export interface Searched {
  readonly ranker: Ranker;
  /** JSON text of each tool, as the list has it. */
  readonly texts: readonly string[];
}

export class SearchedLists {
  readonly #names: OwnNames;
  readonly #kept = new Cache<Searched>({
    maxBytes: MAX_BYTES,
    weigh: ({ ranker, texts }) => ranker.bytes + texts.reduce((sum, text) => sum + 2 * text.length + 40, 0),
  });
  /** Lists that are being read, so that callers who search at the same time wait for the same work. */
  readonly #reading = new Map<string, Promise<Searched>>();

  constructor(names: OwnNames) {
    this.#names = names;
  }

  of(pages: readonly Page[]): Searched | Promise<Searched> {
    const hash = createHash('sha256');
    for (const { digest } of pages) hash.update(digest);
    const key = hash.digest('base64url');
    const known = this.#kept.get(key) ?? this.#reading.get(key);
    if (known !== undefined) return known;
    const reading = this.#read(pages)
      .then((searched) => {
        this.#kept.set(key, searched);
        return searched;
      })
      .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  async #read(pages: readonly Page[]): Promise<Searched> {
    const texts: string[] = [];
    const tools: JsonObject[] = [];
    for (const page of pages) {
      const read = await page.read();
      const listed = toolsOf(read);
      if (tools.length + listed.length > MAX_TOOLS)
        throw new ProxyError(
          'upstream-invalid',
          `the list of tools is too long to be searched: expected at most ${MAX_TOOLS} tools`,
        );
      const items = itemsOf(read);
      for (const [i, tool] of listed.entries()) {
        // A tool without a name can't be called.
        if (isObject(tool) && typeof tool['name'] === 'string' && !looksOwn(tool['name'], this.#names)) {
          tools.push(tool);
          texts.push(flat(shown(items[i] ?? '')));
        }
        if (isTurnOver()) await nextTurn();
      }
    }
    return { ranker: await Ranker.of(tools), texts };
  }
}

function toolsOf({ result }: ReadPage): readonly JsonValue[] {
  const { tools } = result;
  return Array.isArray(tools) ? (tools as readonly JsonValue[]) : [];
}

/** The text of each tool on a page, which was checked before. */
function itemsOf({ text }: ReadPage): readonly string[] {
  let result = -1;
  let list = -1;
  const items: string[] = [];
  membersAt(text, text.indexOf('{'), (key, start) => (result = key === 'result' ? start : result));
  membersAt(text, result, (key, start) => (list = key === 'tools' ? start : list));
  itemsAt(text, list, (start, end) => items.push(text.slice(start, end)));
  return items;
}

/** The members of a tool that a model needs, as they are written. */
function shown(item: string): string {
  const members: string[] = [];
  membersAt(item, 0, (key, start, end) => {
    if (SHOWN.includes(key)) members.push(`${JSON.stringify(key)}:${item.slice(start, end)}`);
  });
  return `{${members.join(',')}}`;
}
