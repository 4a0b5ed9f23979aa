/** Run as a separate process with `--expose-gc`: prints how many MiB are held after parts of large texts were kept. */
import { Cache } from '../../proxy/base/cache.ts';
import { flat } from '../../proxy/base/flat.ts';
import { parseJson } from '../../proxy/json/parse.ts';
import { SHAPES } from './shapes.ts';

const TEXTS = 60;
const what = process.argv[2] ?? '';
const kept: unknown[] = [];
const cache = new Cache<string>({ maxBytes: 1024 * 1024 });

/** Reads bytes to one text, like a body. */
function body(i: number, character: string): string {
  return Buffer.from(
    `name number ${i} that is long${character.repeat(900_000 / Buffer.byteLength(character))}`,
  ).toString('utf8');
}

const WAYS: Readonly<Record<string, (i: number) => void>> = {
  'nothing is copied': (i) => kept.push(body(i, 'a').slice(0, 25)),
  'a slice of a body': (i) => kept.push(flat(body(i, 'a').slice(0, 25))),
  'a slice of a body beyond Latin-1': (i) => kept.push(flat(body(i, '\u20ac').slice(10, 40))),
  'two slices put together': (i) => kept.push(flat(`${body(i, 'a').slice(0, 25)}/${body(i, 'b').slice(0, 30)}`)),
  'a key of the cache': (i) => void cache.set(body(i, 'a').slice(0, 25), ''),
  'a value of the cache': (i) => void cache.set(String(i), body(i, 'a').slice(0, 25)),
  'what is made of a key': (i) => void cache.getOrMake(body(i, 'a').slice(0, 25), (key) => key.slice(0, 20)),
};

async function held(): Promise<number> {
  // Memory outside the heap is freed some time after its holder.
  for (let i = 0; i < 3; i++) {
    gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const way = WAYS[what];
const text = way === undefined ? JSON.stringify(SHAPES[what]) : '';
const before = await held();
if (way === undefined) kept.push(parseJson(text));
else for (let i = 0; i < TEXTS; i++) way(i);
console.log(((await held()) - before) / 1024 / 1024);
// Still referenced when it was measured.
if (kept.length + cache.size + text.length === 0) throw new Error(`nothing was kept: ${what}`);
