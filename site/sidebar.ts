/** The sidebar, from the index of the documents: its sections, and their lists of pages. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

export interface Group {
  readonly text: string;
  readonly collapsed: boolean;
  readonly items: { readonly text: string; readonly link: string }[];
}

export function sidebar(): Group[] {
  const index = readFileSync(new URL('../docs/README.md', import.meta.url), 'utf8');
  return index
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      text: section.split('\n')[0] ?? '',
      collapsed: false,
      items: [...section.matchAll(/^- \[[^\]]+\]\(([^)]+)\)/gm)].map(([, path = '']) => ({
        text: titleOf(path),
        link: `/${posix
          .normalize(`docs/${path}`)
          .replace(/README\.md$/, '')
          .replace(/\.md$/, '')}`,
      })),
    }));
}

/** The heading of a page. */
function titleOf(path: string): string {
  const text = readFileSync(new URL(`../docs/${path}`, import.meta.url), 'utf8');
  return (/^# (.+)$/m.exec(text)?.[1] ?? path).replaceAll('`', '');
}
