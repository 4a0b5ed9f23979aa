/** The pages as VitePress takes them: those of `docs/`, and the pages of the repository that they lead to. */
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Beside `docs/`; each keeps its path. */
const MORE = ['README.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'examples/**/*.md'];

/** Writes all of them, with links that work there. Returns their number. */
export async function writePages(folder: string): Promise<number> {
  await rm(folder, { recursive: true, force: true });
  const names: string[] = [];
  for await (const name of glob(['docs/**/*.md', ...MORE], { cwd: ROOT })) names.push(name);
  const texts = new Map<string, string>();
  for (const name of names) texts.set(name, await readFile(`${ROOT}${name}`, 'utf8'));
  const titles = new Map([...texts].map(([name, text]) => [name, /^# (.+)$/m.exec(text)?.[1] ?? name]));
  for (const [name, text] of texts) {
    const file = `${folder}/${placeOf(name)}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, forSite(text, name, titles));
  }
  await cp(`${ROOT}docs/pictures`, `${folder}/docs/pictures`, { recursive: true });
  return names.length;
}

/** Where a page of the repository is in the site: the index of the documents comes first. */
function placeOf(name: string): string {
  if (name === 'docs/README.md') return 'index.md';
  if (name === 'README.md') return 'readme.md';
  return name.replace(/README\.md$/, 'index.md');
}

const LINK = /(`[^`\n]*`)|(!?)\[((?:[^[\]`\n]|`[^`\n]*`)*)\]\(([^)\s]+)\)/g;

function forSite(text: string, name: string, pages: ReadonlyMap<string, string>): string {
  const from = dirname(placeOf(name));
  const linked = (all: string, code: string | undefined, image: string, shown: string, target: string): string => {
    if (code !== undefined || /^[a-z]+:|^#/.test(target)) return all;
    const [path = '', anchor] = target.split('#');
    const wanted = posix.normalize(posix.join(dirname(name), path));
    if (!existsSync(`${ROOT}${wanted}`)) throw new Error(`${name}: ${target} has no target`);
    const end = anchor === undefined ? '' : `#${anchor}`;
    if (image !== '') return `![${shown}](${relative(from, wanted)})`;
    const page = [wanted, `${wanted.replace(/\/$/, '')}/README.md`].find((one) => pages.has(one));
    // On the repository a page is called by its file, here by its title.
    if (page !== undefined)
      return `[${/^[\w/.-]+\.md$/.test(shown) ? pages.get(page) : shown}](${relative(from, placeOf(page))}${end})`;
    const repository = process.env['SITE_REPOSITORY'];
    return repository === undefined ? shown : `[${shown}](${repository}/${wanted}${end})`;
  };
  return outsideBlocks(text.replaceAll(/^<!--[^]*?-->\n/gm, ''), (prose) => prose.replaceAll(LINK, linked));
}

function relative(from: string, to: string): string {
  const path = posix.relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}

/** Changes what is no block of code. */
function outsideBlocks(text: string, change: (prose: string) => string): string {
  return text
    .split(/(^```[^]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}
