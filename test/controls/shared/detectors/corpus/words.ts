/** Names of fields, labels and sentences, from outside the project: see the lists in `words/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Developers may look at `development` while they write detectors. Nobody may look at what `heldOut` holds. */
export type Half = 'development' | 'heldOut';

/** Words of one type: `phone`, `email` … */
type ByType = ReadonlyMap<string, readonly string[]>;

/** What a list's sections hold: names of fields are separated by white space, everything else by lines. */
export const SECTIONS = ['fields', 'unusual', 'labels', 'sentences', 'contrary', 'wrappers', 'neutral'] as const;
export type Section = (typeof SECTIONS)[number];
const NAMES: ReadonlySet<string> = new Set(['fields', 'unusual', 'wrappers']);

export interface Source {
  readonly source: string;
  readonly half: Half;
  readonly sections: Readonly<Record<Section, ByType>>;
}

const NO_TYPE: ByType = new Map();
export const NO_WORDS: Source['sections'] = {
  fields: NO_TYPE,
  unusual: NO_TYPE,
  labels: NO_TYPE,
  sentences: NO_TYPE,
  contrary: NO_TYPE,
  wrappers: NO_TYPE,
  neutral: NO_TYPE,
};

/** All words of one half. */
export class Words {
  readonly #sources: readonly Source[];
  readonly #known = new Map<string, readonly string[]>();

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
  }

  of(section: Section, type = ''): readonly string[] {
    const key = `${section} ${type}`;
    let words = this.#known.get(key);
    if (words === undefined) {
      words = [...new Set(this.#sources.flatMap(({ sections }) => sections[section].get(type) ?? []))];
      this.#known.set(key, words);
    }
    return words;
  }
}

export function sourcesIn(half: Half, folder = join(import.meta.dirname, 'words')): readonly Source[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => read(readFileSync(join(folder, file), 'utf8'), file))
    .filter((source) => source.half === half);
}

function read(text: string, file: string): Source {
  const sections: Record<Section, Map<string, string[]>> = {
    fields: new Map(),
    unusual: new Map(),
    labels: new Map(),
    sentences: new Map(),
    contrary: new Map(),
    wrappers: new Map(),
    neutral: new Map(),
  };
  const head = new Map<string, string>();
  let into: string[] | undefined;
  let names = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (line.startsWith('== ')) {
      const [section = '', type = ''] = line.slice(3).split(' ');
      if (!isSection(section)) throw new Error(`${file}: expected one of ${SECTIONS.join(', ')}, got ${section}`);
      into = [];
      names = NAMES.has(section);
      sections[section].set(type, into);
    } else if (into === undefined) {
      const [key = '', value = ''] = line.split(/: (.*)/s);
      head.set(key, value);
    } else into.push(...(names ? line.split(/\s+/) : [line]));
  }
  const half = head.get('half');
  const source = head.get('source');
  if (source === undefined || (half !== 'development' && half !== 'heldOut'))
    throw new Error(`${file}: expected a source, and development or heldOut as the half, got ${half ?? 'none'}`);
  return { source, half, sections };
}

function isSection(name: string): name is Section {
  return SECTIONS.some((section) => section === name);
}
