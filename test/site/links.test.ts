/** The check of a built site's links. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokenLinks, missingParts } from '../../site/links.ts';
import { writePages } from '../../site/pages.ts';
import { sidebar } from '../../site/sidebar.ts';

test('a link without a page or a heading is a fault, at any base', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'site-'));
  await mkdir(join(folder, 'docs'));
  await writeFile(join(folder, 'docs/b.html'), '<h1 id="here">b</h1>');
  const links = [
    '/x/docs/b.html',
    '/x/docs/b.html#here',
    '/x/docs/b.html#there',
    '/x/docs/c.html',
    'https://a.example',
  ];
  await writeFile(join(folder, 'index.html'), links.map((href) => `<a href="${href}">x</a>`).join(''));
  expect(await brokenLinks(folder, '/x/')).toEqual([
    'index.html: /x/docs/b.html#there: no such heading',
    'index.html: /x/docs/c.html: no such page',
  ]);
  await rm(folder, { recursive: true });
});

test('a site without search or a switch between themes is faulty', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'site-'));
  await writeFile(join(folder, 'index.html'), '<p>a page</p>');
  expect(await missingParts(folder)).toEqual([
    expect.stringContaining('an index for the search'),
    expect.stringContaining('a switch between themes'),
  ]);
  await mkdir(join(folder, 'assets/chunks'), { recursive: true });
  await writeFile(join(folder, 'assets/chunks/@localSearchIndexroot.x.js'), '');
  await writeFile(join(folder, 'index.html'), '<button class="VPSwitchAppearance"></button>');
  expect(await missingParts(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});

test('the pages of the site are those of the repository, and the sidebar has the groups of the index', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'site-'));
  expect(await writePages(folder)).toBeGreaterThan(50);
  await rm(folder, { recursive: true });
  const groups = sidebar();
  expect(groups.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['Start', 'Deploy', 'Control', 'Operate', 'Reference']),
  );
  for (const { items } of groups) expect(items.length).toBeGreaterThan(2);
});
