/**
 * Names of other tools in a text: a tool that speaks of another upstream's tools changes how a model uses those. A text
 * may name its neighbours of the same upstream, as long as it doesn't speak against them.
 */
import type { Found, Rule, Subject } from './rule.ts';
import { excerpt, readable, textsOf } from './texts.ts';

/** A tool by a name that isn't a plain word. */
const NAMED_TOOL = /[`'"]?\b([a-z][a-z0-9]*(?:[_-][a-z0-9]+)+|[a-z]+(?:[A-Z][a-z]+)+)\b[`'"]?\s+(?:tool|function)\b/g;
/** Words with a hyphen that describe a tool. */
const ADJECTIVE =
  /-(?:only|based|specific|level|in|like|side|aware|powered|wide|purpose|party|calling)$|^(?:built|read|write|multi|third|non|pre|re|sub|single|long|low|high|open|real|command|general|full|well|command)-/;

export const otherTools: Rule = {
  name: 'other-tools',
  find: (subject) =>
    textsOf(subject).flatMap(({ where, text }) => {
      const what = foundIn(readable(text), subject);
      return what === undefined ? [] : [{ where, what } satisfies Found];
    }),
};

function foundIn(words: string, { name, upstream, tools }: Subject): string | undefined {
  for (const other of tools) {
    if (other.name === name || !speaksOf(words, other.name)) continue;
    if (other.upstream !== upstream) return `names ${excerpt(other.name)}, a tool of the upstream ${other.upstream}`;
    if (speaksAgainst(words, other.name)) return `speaks against the tool ${excerpt(other.name)}`;
  }
  const others = OTHERS.exec(words)?.[0];
  if (others !== undefined) return `speaks against other tools: ${excerpt(others)}`;
  for (const [, named = ''] of words.matchAll(NAMED_TOOL))
    if (!ADJECTIVE.test(named) && !tools.some((tool) => tool.name === named || tool.name.endsWith(`___${named}`)))
      return `names ${excerpt(named)}, a tool that no upstream here has`;
  return undefined;
}

/** A plain word, such as `add`, counts only if it is marked as a name. */
function speaksOf(words: string, name: string): boolean {
  const at = words.indexOf(name);
  if (at < 0) return false;
  const exact = new RegExp(`(?<![\\w-])${literal(name)}(?![\\w-])`);
  if (/[_.-]|[a-z][A-Z]/.test(name)) return exact.test(words);
  return new RegExp(`[\`'"]${literal(name)}[\`'"]|(?<![\\w-])${literal(name)}(?:\\(| tool\\b)`).test(words);
}

function speaksAgainst(words: string, name: string): boolean {
  const quoted = `[\`'"]?${literal(name)}[\`'"]?(?: tool)?`;
  return new RegExp(
    `\\b(?:do not|don't|never|stop|avoid) (?:use|using|call|calling) (?:the )?${quoted}|${quoted} (?:is|has been|was) (?:deprecated|broken|insecure|unsafe|obsolete|compromised|disabled|replaced|malicious|unreliable)|\\b(?:when|whenever|if|before|after|each time)\\b[^.]{0,30}${quoted}[^.]{0,60}\\b(?:must|also|secretly|silently|always)\\b`,
    'i',
  ).test(words);
}

/** The whole family at once. */
const OTHERS =
  /\b(?:the |all |any )?other (?:\w+ )?tools? (?:are|is|have been|were|can not|cannot|should not|must not|do not)\b/i;

function literal(text: string): string {
  return text.replaceAll(/[^\w]/g, String.raw`\$&`);
}
