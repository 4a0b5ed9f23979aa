/** What changed between two texts: as a diff, or with the differing words marked in one of them. */
import { diffLines, diffWordsWithSpace } from 'diff';
import type { ComponentChildren, JSX } from 'preact';
import { pretty } from './pretty.ts';

/** Unchanged lines that are shown around a change. */
const AROUND = 2;
/** Characters beyond which words are not compared. */
const MOST = 40_000;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly content: ComponentChildren;
}

export function Diff({ before, after }: { readonly before: string; readonly after: string }): JSX.Element {
  const lines = linesOf(pretty(before), pretty(after));
  const near = new Set<number>();
  for (const [i, { sign }] of lines.entries())
    if (sign !== ' ') for (let at = i - AROUND; at <= i + AROUND; at++) near.add(at);
  const rows: JSX.Element[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line === undefined) continue;
    if (near.has(i)) rows.push(<DiffLine key={i} {...line} />);
    else {
      const from = i;
      while (i + 1 < lines.length && !near.has(i + 1)) i++;
      rows.push(
        <div class="line skip" key={i}>
          <span class="sign" aria-hidden="true">
            ⋯
          </span>
          <span>
            {i - from + 1} unchanged {i === from ? 'line' : 'lines'}
          </span>
        </div>,
      );
    }
  }
  return <div class="code diff">{rows}</div>;
}

function DiffLine({ sign, content }: Line): JSX.Element {
  const [kind, Tag] =
    sign === '-' ? (['gone', 'del'] as const) : sign === '+' ? (['new', 'ins'] as const) : (['same', 'span'] as const);
  return (
    <div class={`line ${kind}`}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      <Tag>{content}</Tag>
    </div>
  );
}

function linesOf(before: string, after: string): Line[] {
  const parts = diffLines(before, after);
  const lines: Line[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) continue;
    const next = parts[i + 1];
    const own = split(part.value);
    if (part.removed && next?.added) {
      const others = split(next.value);
      // As many lines as before: each is a changed form of the one in its place.
      const isPaired = own.length === others.length && part.value.length + next.value.length < MOST;
      lines.push(
        ...own.map((text, at): Line => ({
          sign: '-',
          content: isPaired ? marked(text, others[at] ?? '', 'gone') : text,
        })),
      );
      lines.push(
        ...others.map((text, at): Line => ({
          sign: '+',
          content: isPaired ? marked(own[at] ?? '', text, 'new') : text,
        })),
      );
      i++;
    } else
      lines.push(...own.map((text): Line => ({ sign: part.removed ? '-' : part.added ? '+' : ' ', content: text })));
  }
  return lines;
}

function split(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** One of two texts, with the words that the other doesn't have marked. */
function marked(before: string, after: string, side: 'gone' | 'new'): ComponentChildren {
  const parts = diffWordsWithSpace(before, after);
  const spans: { text: string; isMarked: boolean }[] = [];
  for (const [i, { value, added, removed }] of parts.entries()) {
    if (side === 'gone' ? added : removed) continue;
    const isBetween = i > 0 && i < parts.length - 1 && /^\S{1,2}$/.test(value);
    // An equal dot or sign within a changed value belongs to it.
    const isMarked = added || removed || isBetween;
    const last = spans.at(-1);
    if (last?.isMarked === isMarked) last.text += value;
    else spans.push({ text: value, isMarked });
  }
  return spans.map(({ text, isMarked }, i) => (isMarked ? <mark key={i}>{text}</mark> : text));
}

/** A whole text, with what differs from another marked. */
export function Marked({
  text,
  other,
  side,
}: {
  readonly text: string;
  readonly other: string;
  readonly side: 'gone' | 'new';
}): JSX.Element {
  const [own, theirs] = [pretty(text), pretty(other)];
  const comparable = own !== theirs && own.length + theirs.length < MOST;
  return (
    <pre class={`code ${side}`} tabIndex={0}>
      {comparable ? marked(side === 'gone' ? own : theirs, side === 'gone' ? theirs : own, side) : own}
    </pre>
  );
}
