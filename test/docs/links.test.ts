/** Links in the pages: each target is a file of this repository, and each anchor is a heading of its page. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md', 'llms.txt'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(ROOT, page)));
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
/** Without code, where brackets and hashes have other meanings. */
const prose = (page: string): string => textOf(page).replaceAll(/^ *```[^]*?^ *```$/gm, '');

/** The anchors that GitHub creates from a page's headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(page).matchAll(/^#+ (.+)$/gm)) {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = text.replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    let count = 0;
    while (anchors.has(count === 0 ? anchor : `${anchor}-${count}`)) count++;
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

/** The faults of a page's links, in words. */
function brokenLinks(page: string): string[] {
  return [
    ...prose(page)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(ROOT, file))) return [`${target}: no such file`];
    return anchor === undefined || anchorsOf(file).has(anchor) ? [] : [`${target}: no such heading`];
  });
}

test.each(pages)('every link of %s has a target', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test.each(['docs', 'docs/decisions'])('the index of %s names every page of it', (folder) => {
  const index = `${folder}/README.md`;
  const linked = new Set([...textOf(index).matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => `${folder}/${name}`));
  expect(pages.filter((page) => dirname(page) === folder && page !== index && !linked.has(page))).toEqual([]);
});
