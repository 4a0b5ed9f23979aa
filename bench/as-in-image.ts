/** How the image starts a built folder: with the flags of Node that its Dockerfile has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from './child.ts';

const MAIN = '/app/main.mjs';

/**
 * @param folder the output of `npm run build`
 * @param checkout whose `proxy/Dockerfile` counts
 * @throws Error if the image does not start Node with `main.mjs`
 */
export function asInImage(folder: string, checkout: string): Program {
  const text = readFileSync(join(checkout, 'proxy/Dockerfile'), 'utf8');
  const entry = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(text)?.[1] ?? '[]') as string[];
  const flags = entry.slice(1, -1);
  if (entry[0] !== 'node' || entry.at(-1) !== MAIN || !flags.every((flag) => flag.startsWith('--')))
    throw new Error(`proxy/Dockerfile: expected ENTRYPOINT ["node", "--flag", …, "${MAIN}"], got ${entry.join(' ')}`);
  return { args: [...flags, `${folder}/main.mjs`] };
}
