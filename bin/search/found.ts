/** What a search finds, for a person who writes or checks descriptions. */
import { printable } from '../../proxy/base/printable.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { isOwn } from '../../proxy/tool-search/own-tools.ts';
import { Ranker } from '../../proxy/tool-search/ranker.ts';
import type { SearchSettings } from '../../proxy/tool-search/settings.ts';

/** Characters of a description that are shown. */
const SHOWN = 100;

export async function foundText(
  tools: readonly JsonObject[],
  question: string,
  { names, limit }: SearchSettings,
): Promise<string> {
  const searched = tools.filter(({ name }) => !isOwn(name, names));
  const ranker = await Ranker.of(searched);
  const found = await ranker.search(question, limit);
  if (found.length === 0) return 'no tool fits these words';
  return found.map((at, i) => `${i + 1}. ${lineOf(searched[at] ?? {})}`).join('\n');
}

function lineOf({ name, description }: JsonObject): string {
  const words = typeof description === 'string' ? description.replaceAll(/\s+/g, ' ').slice(0, SHOWN) : '';
  return printable(`${typeof name === 'string' ? name : ''}${words === '' ? '' : `: ${words}`}`);
}
