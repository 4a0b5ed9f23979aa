/**
 * Real text: parts of the files of installed packages. They hold no person's data and no secret, apart from authors'
 * addresses and examples.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Half } from './words.ts';

const CHUNK = 800;
const KINDS =
  /(?:readme[^/]*|changelog\.md|license[^/]*|\.(?:md|txt|ts|mts|js|mjs|cjs|json|ya?ml|py|pyi|css|html|lock|toml))$/i;
/** Packages whose files hold examples of the data that is searched for. */
const EXAMPLES =
  /phone|iban|faker|presidio|detect.secrets|stdnum|trufflehog|localflavor|fast-check|credit|fhir|hl7|sdk-trace|\.cache/i;
/** Of one file, and of one package: no file or package outweighs the others. */
const PER_FILE = 12;
const PER_PACKAGE = 900;
const MAX_FILE = 512 * 1024;

/** @param folders each holds packages */
export function realText(half: Half, count: number, folders: readonly string[]): readonly string[] {
  const chunks: string[] = [];
  for (const folder of packagesOf(folders)) {
    if (halfOf(folder.name) !== half) continue;
    const own: string[] = [];
    for (const file of filesOf(folder.path, 5).toSorted(byHash)) {
      if (own.length >= PER_PACKAGE) break;
      own.push(...chunksOf(file));
    }
    chunks.push(...own.slice(0, PER_PACKAGE));
  }
  return chunks.toSorted(byHash).slice(0, count);
}

interface Package {
  readonly name: string;
  readonly path: string;
}

function packagesOf(folders: readonly string[]): Package[] {
  const all: Package[] = [];
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (name.startsWith('.') || EXAMPLES.test(name) || !statSync(path).isDirectory()) continue;
      if (!name.startsWith('@')) all.push({ name, path });
      else
        for (const own of readdirSync(path))
          if (!EXAMPLES.test(own)) all.push({ name: `${name}/${own}`, path: join(path, own) });
    }
  }
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function filesOf(folder: string, depth: number): string[] {
  if (depth === 0) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return EXAMPLES.test(entry.name) ? [] : filesOf(path, depth - 1);
    return entry.isFile() && KINDS.test(entry.name) && !EXAMPLES.test(entry.name) ? [path] : [];
  });
}

/** Parts that begin and end with a line, from all over the file. */
function chunksOf(file: string): string[] {
  if (statSync(file).size > MAX_FILE) return [];
  const chunks: string[] = [];
  let chunk = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (chunk.length > 0 && chunk.length + line.length > CHUNK) {
      chunks.push(chunk);
      chunk = '';
    }
    chunk += `${line.slice(0, CHUNK)}\n`;
  }
  if (chunk.length > CHUNK / 4) chunks.push(chunk);
  const step = Math.max(1, Math.floor(chunks.length / PER_FILE));
  return chunks.filter((_, i) => i % step === 0).slice(0, PER_FILE);
}

function halfOf(name: string): Half {
  return hash(name).charCodeAt(0) % 2 === 0 ? 'development' : 'heldOut';
}

function byHash(a: string, b: string): number {
  return hash(a) < hash(b) ? -1 : 1;
}

const hashes = new Map<string, string>();
function hash(text: string): string {
  let known = hashes.get(text);
  if (known === undefined) {
    known = createHash('sha256')
      .update(text.split('node_modules/').at(-1) ?? text)
      .digest('hex');
    hashes.set(text, known);
  }
  return known;
}
