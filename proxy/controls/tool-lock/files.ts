/** The files of locked skills, and which of them a URI means, however it is spelled. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';
import { readingsOf, samenessOf } from '../shared/uris/readings.ts';
import type { Lock, LockedEntry } from './lock.ts';

export interface LockedFile {
  /** As the lock has it. */
  readonly uri: string;
  readonly upstream: string;
  /** Undefined: the upstream makes it for each request. */
  readonly digest: string | undefined;
  readonly size: number | undefined;
  /** That of the skill, if this is its `SKILL.md`. */
  readonly frontmatter: JsonObject | undefined;
}

/** `other`: no skill's file. `new`: a skill's file that the lock doesn't have. `unclear`: readers differ in what it means. */
export type Meaning = readonly [LockedFile, ...LockedFile[]] | 'other' | 'new' | 'unclear';

const SKILL = /^skill:/i;
/** Names of upstreams before a URI: `crm+`, `crm+sales+`. */
const NAMES = /^(?:[a-z][a-z0-9-]*\+)+/i;
/** A scheme that all readers read alike: a URI of another scheme than a locked file's is another file. */
const SCHEME = /^[a-z][a-z0-9.-]*:/i;
/** The folder of a file, with its host: without one, it would hold other skills, too. */
const FOLDER = /^[^/]+\/\/[^/]+\/(?:.*\/)?/s;

export class LockedFiles {
  readonly #upstreams: ReadonlySet<string>;
  readonly #files: readonly LockedFile[];
  readonly #exact: ReadonlyMap<string, LockedFile>;
  /** Of locked files, and of skills in general, in lower case. */
  readonly #schemes: ReadonlySet<string>;
  /** Folders of skills whose files the upstream makes for each request. */
  readonly #dynamic: readonly string[];
  #byForm: ReadonlyMap<string, readonly LockedFile[]> | undefined;

  constructor({ skills, upstreams }: Lock) {
    this.#upstreams = new Set(Object.keys(upstreams));
    this.#files = skills.flatMap(filesOf);
    this.#exact = new Map(this.#files.map((file) => [file.uri, file]));
    this.#schemes = new Set(['skill:', ...this.#files.map(({ uri }) => schemeOf(this.#unwrapped(uri).own) ?? '')]);
    this.#dynamic = skills.flatMap(({ name, entry }) =>
      Array.isArray(entry['resources']) ? [] : [FOLDER.exec(name)?.[0] ?? `${name}/`],
    );
  }

  of(uri: string): Meaning {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return [exact];
    const { upstream, own } = this.#unwrapped(uri);
    const scheme = schemeOf(own);
    if (scheme !== undefined && !this.#schemes.has(scheme)) return 'other';
    const readings = readingsOf(own);
    if (readings === undefined) return this.#files.length > 0 || mayNameSkill(own) ? 'unclear' : 'other';
    const all = [...readings.plain, ...readings.lenient];
    const found = new Set(all.flatMap((form) => this.#forms.get(form) ?? []));
    const [file, ...others] = [...found].filter((each) => upstream === undefined || each.upstream === upstream);
    if (file !== undefined) return [file, ...others];
    if (!all.some((form) => SKILL.test(form))) return 'other';
    // No reading leaves a folder: a URI with such a segment has none.
    return this.#dynamic.some((folder) => uri.startsWith(folder)) ? 'other' : 'new';
  }

  /** Whether it is a folder that holds a locked file. */
  isFolder(uri: string): boolean {
    const folder = `${uri.replace(/\/+$/, '')}/`;
    return this.#files.some((file) => file.uri.startsWith(folder));
  }

  get #forms(): ReadonlyMap<string, readonly LockedFile[]> {
    if (this.#byForm !== undefined) return this.#byForm;
    const forms = new Map<string, LockedFile[]>();
    for (const file of this.#files)
      for (const form of samenessOf(this.#unwrapped(file.uri).own)) {
        const same = forms.get(form);
        if (same === undefined) forms.set(form, [file]);
        else same.push(file);
      }
    return (this.#byForm = forms);
  }

  /**
   * Of `crm+skill://a`, which names an upstream, the upstream's own URI. Further names are those of an upstream that is such a
   * proxy itself: then its lock may have the file under any of them.
   */
  #unwrapped(uri: string): { readonly upstream: string | undefined; readonly own: string } {
    const names = NAMES.exec(uri)?.[0] ?? '';
    const upstream = names.slice(0, -1);
    return { upstream: this.#upstreams.has(upstream) ? upstream : undefined, own: uri.slice(names.length) };
  }
}

function schemeOf(uri: string): string | undefined {
  return SCHEME.exec(uri)?.[0].toLowerCase();
}

/** Even if readers drop characters between the letters, or take others for them. */
function mayNameSkill(uri: string): boolean {
  return uri
    .normalize('NFKC')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase()
    .includes('skill');
}

function filesOf({ name, upstream, entry }: LockedEntry): LockedFile[] {
  const { resources } = entry;
  const frontmatter = isObject(entry['frontmatter']) ? entry['frontmatter'] : undefined;
  const listed = (Array.isArray(resources) ? (resources as readonly unknown[]) : []).flatMap((file): LockedFile[] => {
    if (!isObject(file) || typeof file['uri'] !== 'string') return [];
    const { uri, digest, size } = file;
    return [
      {
        uri,
        upstream,
        digest: typeof digest === 'string' ? digest : undefined,
        size: typeof size === 'number' ? size : undefined,
        frontmatter: uri === name ? frontmatter : undefined,
      },
    ];
  });
  const hasOwn = listed.some(({ uri }) => uri === name);
  return hasOwn ? listed : [...listed, { uri: name, upstream, digest: undefined, size: undefined, frontmatter }];
}
