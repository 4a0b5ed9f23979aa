/** Estimates what a list of tools costs a model, with and without search. */
import { anyOf } from '../../proxy/controls/shared/glob.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { isOwn, ownTools } from '../../proxy/tool-search/own-tools.ts';
import type { SearchSettings } from '../../proxy/tool-search/settings.ts';

/** Models differ. English and JSON have about this many characters for each token. */
const CHARACTERS_PER_TOKEN = 4;

export interface Saving {
  readonly tools: number;
  readonly pinned: number;
  /** Characters of the whole list, and of the list with search. */
  readonly whole: number;
  readonly short: number;
  /** Tools that a search returns, and about how many characters they have. */
  readonly limit: number;
  readonly found: number;
}

export function savingOf(tools: readonly JsonObject[], settings: SearchSettings): Saving {
  const isPinned = anyOf(settings.pinned);
  const pinned = tools.filter(({ name }) => typeof name === 'string' && !isOwn(name, settings.names) && isPinned(name));
  const whole = charactersOf(tools);
  return {
    tools: tools.length,
    pinned: pinned.length,
    whole,
    short: charactersOf([...ownTools(settings), ...pinned]),
    limit: Math.min(settings.limit, tools.length),
    found: tools.length === 0 ? 0 : (whole / tools.length) * Math.min(settings.limit, tools.length),
  };
}

function charactersOf(tools: readonly JsonObject[]): number {
  return tools.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0);
}

export function savingText({ tools, pinned, whole, short, limit, found }: Saving): string {
  const share = whole === 0 ? 0 : Math.round((1 - short / whole) * 100);
  return [
    `without search: ${tools} tools, about ${tokens(whole)} tokens`,
    `with search:    2 tools and ${pinned} pinned, about ${tokens(short)} tokens (${Math.abs(share)} % ${share < 0 ? 'more' : 'less'})`,
    `each search:    ${limit} tools, about ${tokens(found)} tokens`,
    `Tokens are estimated as characters divided by ${CHARACTERS_PER_TOKEN}.`,
  ].join('\n');
}

function tokens(characters: number): string {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN).toLocaleString('en-GB');
}
