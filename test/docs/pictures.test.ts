/**
 * The pictures in the docs are Mermaid: text that a diff shows and that GitHub draws. GitHub shows an error message for
 * a picture that does not parse. Mermaid itself needs a browser's DOM and 150 MB; this parser follows its grammar
 * without them.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validate } from '@probelabs/maid';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';

interface Picture {
  readonly page: string;
  readonly text: string;
  /** Where it begins in the page. */
  readonly line: number;
}

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md'];
for (const name of await readdir(join(ROOT, 'docs'), { recursive: true }))
  if (name.endsWith('.md')) pages.push(`docs/${name}`);

const pictures: Picture[] = [];
for (const page of pages) {
  const text = await readFile(join(ROOT, page), 'utf8');
  for (const { index, 1: picture = '' } of text.matchAll(/^```mermaid\n([^]*?)^```$/gm))
    pictures.push({ page, text: picture, line: text.slice(0, index).split('\n').length });
}

/** The faults of a picture, by its own lines. */
function wrong(text: string): string[] {
  return validate(text).errors.map(({ line, message }) => `line ${line}: ${message}`);
}

test('docs/architecture.md shows the onion, the path of a call and the deployed system', () => {
  const kinds = pictures
    .filter(({ page }) => page === 'docs/architecture.md')
    .map(({ text }) => /^\w+/.exec(text)?.[0]);
  expect(kinds).toEqual(['flowchart', 'sequenceDiagram', 'flowchart']);
});

test.each(pictures)('the picture at line $line of $page parses', ({ text }) => {
  expect(wrong(text)).toEqual([]);
});

test.each([
  ['a node that is not closed', 'flowchart LR\n  a["x" --> b\n'],
  ['an arrow of an unknown kind', 'flowchart LR\n  a -> b\n'],
  ['an arrow to nothing', 'flowchart LR\n  a -->\n'],
  ['a subgraph without an end', 'flowchart LR\n  subgraph x\n  a --> b\n'],
  ['brackets within a name', 'flowchart LR\n  a[x (y)] --> b\n'],
  ['a picture of an unknown kind', 'flowchrt LR\n  a --> b\n'],
  ['a message without a text', 'sequenceDiagram\n  a->>b\n'],
  ['an alternative without an end', 'sequenceDiagram\n  alt x\n  a->>b: y\n'],
])('%s does not parse', (_, text) => {
  expect(wrong(text)).not.toEqual([]);
});
