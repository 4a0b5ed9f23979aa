/** What a built site must have: each page, file and heading that a link leads to, the search, and the switch between themes. */
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { posix } from 'node:path';

/** The faults, in words. */
export async function brokenLinks(folder: string, base: string): Promise<string[]> {
  const pages = new Map<string, string>();
  for await (const name of glob('**/*.html', { cwd: folder }))
    pages.set(name, await readFile(`${folder}/${name}`, 'utf8'));
  const faults: string[] = [];
  for (const [name, html] of pages) {
    if (name === '404.html') continue;
    for (const [, href = ''] of html.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      if (/^(?:[a-z]+:|\/\/)/.test(href)) continue;
      const [path = '', anchor] = decodeURIComponent(href.replaceAll('&amp;', '&')).split('#');
      const target =
        path === ''
          ? name
          : path.startsWith(base)
            ? path.slice(base.length)
            : posix.normalize(posix.join(posix.dirname(name), path));
      const file = target === '' || target.endsWith('/') ? `${target}index.html` : target;
      if (!existsSync(`${folder}/${file}`)) faults.push(`${name}: ${href}: no such page`);
      else if (anchor !== undefined && anchor !== '' && pages.get(file)?.includes(` id="${anchor}"`) === false)
        faults.push(`${name}: ${href}: no such heading`);
    }
  }
  return faults;
}

/** What VitePress left out of the site, in words: it builds one without search or themes, too. */
export async function missingParts(folder: string): Promise<string[]> {
  const index: string[] = [];
  for await (const name of glob('assets/chunks/@localSearchIndex*.js', { cwd: folder })) index.push(name);
  const start = await readFile(`${folder}/index.html`, 'utf8');
  return [
    ...(index.length > 0 ? [] : ['assets/chunks: expected an index for the search, found none']),
    ...(start.includes('VPSwitchAppearance') ? [] : ['index.html: expected a switch between themes, found none']),
  ];
}
