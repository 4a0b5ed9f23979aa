/** The table of rooms in `CONTRIBUTING.md`, from the top down: from `lint-rooms.ts` and the rooms' READMEs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';
import { ROOMS } from '../../lint-rooms.ts';

type Room = (typeof ROOMS)[number];

const HEAD = '| room | what it is for |\n|---|---|\n';
const TABLE = /\| room \|.*\n\|---.*\n(?:\|.*\n)*/;
/** `# `base/`: what every room may use` */
const TITLE = /^# `[^`]+`: (.+)\n/;

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
  return `| [\`${room}/\`](${file}) | ${title} |\n`;
}
