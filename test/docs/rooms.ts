/** The table of rooms in `CONTRIBUTING.md`, from the top down: from `lint-rooms.ts`, the rooms' READMEs and what their files import. */
import { readFile } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';
import { ROOMS } from '../../lint-rooms.ts';
import { foldersOf, sourcesIn } from './folders.ts';

type Room = (typeof ROOMS)[number];

const HEAD = '| room | what it is for | imports from |\n|---|---|---|\n';
const TABLE = /\| room \|.*\n\|---.*\n(?:\|.*\n)*/;
/** `# `base/`: what every room may use` */
const TITLE = /^# `[^`]+`: (.+)\n/;
const IMPORT = /(?:from|import\()\s*'(\.[^']+)'/g;

/** The page with an up-to-date table. */
export async function withRooms(page: string): Promise<string> {
  if (!TABLE.test(page)) throw new Error('expected a table that begins with "| room |" in the page, found none');
  const rows = await Promise.all(ROOMS.toReversed().map(rowOf));
  return page.replace(TABLE, () => HEAD + rows.join(''));
}

async function rowOf(room: Room): Promise<string> {
  const file = `proxy/${room}/README.md`;
  const title = TITLE.exec(await readFile(join(ROOT, file), 'utf8'))?.[1];
  if (title === undefined) throw new Error(`${file}: expected a first line "# \`NAME/\`: what it is for"`);
  const imported = await importsOf(room);
  const names = ROOMS.toReversed()
    .filter((other) => imported.has(other))
    .map((name) => `\`${name}\``);
  return `| [\`${room}/\`](${file}) | ${title} | ${names.join(', ') || 'none'} |\n`;
}

/** The other rooms that files of a room import from, types included. */
async function importsOf(room: Room): Promise<Set<Room>> {
  const imported = new Set<Room>();
  const folders = (await foldersOf(`proxy/${room}`)).filter((folder) => roomOf(folder) === room);
  for (const folder of folders) {
    for (const source of await sourcesIn(folder)) {
      for (const [, path = ''] of (await readFile(join(ROOT, source), 'utf8')).matchAll(IMPORT)) {
        const other = roomOf(posix.join(dirname(source), path));
        if (other !== undefined && other !== room) imported.add(other);
      }
    }
  }
  return imported;
}

/** The innermost room that a folder or file of the repository is in. */
function roomOf(path: string): Room | undefined {
  const within = relative('proxy', path);
  return ROOMS.filter((room) => within === room || within.startsWith(`${room}/`)).reduce<Room | undefined>(
    (longest, room) => (longest === undefined || room.length > longest.length ? room : longest),
    undefined,
  );
}
