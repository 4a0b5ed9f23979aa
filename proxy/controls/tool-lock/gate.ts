/** Decides what agrees with the lock, refuses calls of what doesn't, and says in the log what differs. */
import { hash } from 'node:crypto';
import { Cache } from '../../base/cache.ts';
import { UnknownName } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import type { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject } from '../../json/value.ts';
import { anyOf, type Fits } from '../shared/glob.ts';
import { type LockedFile, LockedFiles } from './files.ts';
import { type KindName, KINDS } from './kinds.ts';
import type { Lock } from './lock.ts';
import type { CheckedOptions } from './options.ts';
import { Pinned } from './pinned.ts';
import { changesOf, described, hasVariant } from './resource.ts';

/** Bytes of names that were reported as new; if there is no more room, further ones are not reported. */
const MAX_BYTES = 1024 * 1024;
const NEW = ['not in the lock'];
const GONE = ['not listed'];
const ELSEWHERE = ['upstream'];

export class Gate {
  /** Whether what differs is withheld; if not, it is only logged. */
  readonly enforces: boolean;
  readonly lock: Lock;
  readonly #pinned: Readonly<Record<KindName, ReadonlyMap<string, Pinned>>>;
  readonly #files: LockedFiles;
  readonly #isExcepted: Fits;
  /** A prefix doesn't tell the upstream of each tool. */
  readonly #hasBare: boolean;
  #hasDiffered = false;
  /** By caller: what differs in a template that a list showed it last. */
  readonly #differing = new Cache<readonly string[]>({ maxBytes: MAX_BYTES });
  readonly #new = new Cache<true>({ maxBytes: MAX_BYTES, whenFull: 'refuse' });

  constructor({ lock, mode, except }: CheckedOptions) {
    this.enforces = mode === 'enforce';
    this.lock = lock;
    const pinned = (kind: KindName): ReadonlyMap<string, Pinned> =>
      new Map(lock[kind].map((entry) => [entry.name, new Pinned(entry)]));
    this.#pinned = {
      tools: pinned('tools'),
      prompts: pinned('prompts'),
      resourceTemplates: pinned('resourceTemplates'),
      skills: pinned('skills'),
    };
    this.#files = new LockedFiles(lock);
    this.#isExcepted = anyOf(except);
    const prefixes = Object.values(lock.upstreams);
    this.#hasBare = prefixes.length > 1 && prefixes.includes('');
  }

  /** Whether anything in the lock was ever shown otherwise. */
  get hasDiffered(): boolean {
    return this.#hasDiffered;
  }

  /** Whether the same list may be shown otherwise, since an entry has come to another upstream. */
  countsOwners(kind: KindName | undefined, { upstream }: Call): boolean {
    if (upstream.among === undefined) return false;
    return (kind !== 'tools' && kind !== 'prompts') || this.#hasBare;
  }

  /** Throws `UnknownName` for a call of what doesn't agree. Undefined: decided at once. */
  admit(call: Call): Promise<void> | undefined {
    if (call.is('tools/call')) return this.#admitted('tools', call.params.name, call);
    if (call.is('prompts/get')) return this.#admitted('prompts', call.params.name, call);
    if (call.is('resources/read')) {
      const { uri } = call.params;
      const meaning = this.#files.of(uri);
      if (meaning === 'unclear' || (meaning === 'new' && !this.#isExcepted(uri)))
        this.#refuse('skills', uri, call, undefined, NEW);
      return undefined;
    }
    if (call.is('completion/complete')) {
      const { type, name, uri }: { readonly type: unknown; readonly name?: unknown; readonly uri?: unknown } =
        call.params.ref;
      if (type === 'ref/prompt' && typeof name === 'string') return this.#admitted('prompts', name, call);
      // Of any other type, the upstream decides what it names.
      const template = type === 'ref/resource' && typeof uri === 'string' ? uri : '';
      return this.#admitted('resourceTemplates', template, call);
    }
    const uri = call.method === 'skills/get' && call.kind !== 'response' ? call.params?.['uri'] : undefined;
    return typeof uri === 'string' ? this.#admitted('skills', uri, call) : undefined;
  }

  /** Whether an entry of a list agrees. Reports what differs. @param inPart whether members may be missing */
  agrees(kind: KindName, entry: JsonObject, call: Call, inPart = false): boolean {
    const name = entry[KINDS[kind].key];
    if (typeof name !== 'string') return false;
    if (this.#isExcepted(name)) return true;
    const pinned = this.#pinned[kind].get(name);
    if (pinned !== undefined && !isAtItsUpstream(kind, pinned, call)) {
      this.#report(kind, name, pinned, ELSEWHERE);
      return false;
    }
    const same = inPart ? pinned?.matchesInPart(entry) : pinned?.matches(entry);
    if (same === true) {
      pinned?.agreed();
      if (kind === 'resourceTemplates') this.#differing.delete(differingKey(call, name));
      return true;
    }
    if (pinned !== undefined && (kind === 'tools' || kind === 'prompts')) outdated(kind, pinned, call);
    const differs = pinned?.differences(entry) ?? NEW;
    if (pinned !== undefined && kind === 'resourceTemplates') this.#differing.set(differingKey(call, name), differs);
    this.#report(kind, name, pinned, inPart ? differs.filter((member) => entry[member] !== undefined) : differs);
    return false;
  }

  /**
   * Whether a file of a locked skill has another digest than its content.
   * @param content undefined if it isn't clear
   */
  isOtherFile(uri: string, content: string | Buffer | undefined): boolean {
    const meaning = this.#files.of(uri);
    if (meaning === 'other') return false;
    if (meaning === 'unclear') return true;
    if (meaning === 'new') return !this.#isExcepted(uri);
    const digest = content === undefined ? '' : `sha256:${hash('sha256', content)}`;
    const isSame = (file: LockedFile): boolean =>
      file.digest === undefined || file.digest === digest || this.#isExcepted(file.uri);
    const [file] = meaning;
    if (meaning.some(isSame)) return false;
    this.#reportNew('skill file', file.uri, 'a file of a skill has another digest than in the lock', ['digest']);
    return true;
  }

  /** Whether the lock has the digest of this file. */
  hasDigest(uri: string): boolean {
    const meaning = this.#files.of(uri);
    if (typeof meaning === 'string') return false;
    return meaning.every((file) => file.digest !== undefined && !this.#isExcepted(file.uri));
  }

  /** An entry of a list of resources as it may be shown; undefined: withheld. Reports what differs. */
  resource(entry: JsonObject): JsonObject | undefined {
    const { uri } = entry;
    if (typeof uri !== 'string' || hasVariant(entry)) return undefined;
    const meaning = this.#files.of(uri);
    if (meaning === 'other') return entry;
    if (meaning === 'unclear') return undefined;
    if (this.#isExcepted(uri)) return entry;
    if (meaning === 'new') {
      if (this.#files.isFolder(uri)) return described(entry, uri, undefined);
      this.#reportNew('skill file', uri, 'a file of a skill is not in the lock', NEW);
      return undefined;
    }
    const [file] = meaning;
    const differs = changesOf(entry, file);
    if (differs.length === 0) return described(entry, uri, file);
    this.#reportNew('skill file', file.uri, 'a list shows a file of a skill otherwise than the lock', differs);
    return undefined;
  }

  #admitted(kind: KindName, name: string, call: Call): Promise<void> | undefined {
    if (this.#isExcepted(name)) return undefined;
    const pinned = this.#pinned[kind].get(name);
    if (pinned === undefined) {
      this.#refuse(kind, name, call, undefined, NEW);
      return undefined;
    }
    if (!isAtItsUpstream(kind, pinned, call)) {
      this.#refuse(kind, name, call, pinned, ELSEWHERE);
      return undefined;
    }
    if (kind !== 'tools' && kind !== 'prompts') {
      // The upstream's list is not asked for; what it showed this caller last counts.
      const differing = kind === 'resourceTemplates' ? this.#differing.get(differingKey(call, name)) : undefined;
      if (differing !== undefined) this.#refuse(kind, name, call, pinned, differing);
      return undefined;
    }
    if (kind === 'tools' && pinned.vouches(call.upstream.listed?.(name))) return undefined;
    const compared = this.#compared(kind, pinned, call);
    return this.enforces ? compared : compared.catch(() => call.note({ control: 'tool-lock', compared: false }));
  }

  async #compared(kind: 'tools' | 'prompts', pinned: Pinned, call: Call): Promise<void> {
    const { upstream } = call;
    const suffices = (entry: object | undefined): boolean => pinned.vouches(entry);
    const entry: object | undefined =
      kind === 'tools' ? await upstream.tool(pinned.name, suffices) : await upstream.prompt?.(pinned.name, suffices);
    if (pinned.vouches(entry)) return;
    const differs = isObject(entry) ? pinned.differences(entry) : GONE;
    this.#refuse(kind, pinned.name, call, pinned, differs.length === 0 ? ['changed meanwhile'] : differs);
  }

  #refuse(kind: KindName, name: string, call: Call, pinned: Pinned | undefined, differs: readonly string[]): void {
    // A name that only a client says is never logged: it may be anything. New ones are reported when a list shows them.
    if (pinned !== undefined) this.#report(kind, name, pinned, differs);
    call.note({
      control: 'tool-lock',
      differs: differs.join(', '),
      ...(this.enforces ? {} : { wouldDeny: 'unknown-name' }),
    });
    if (!this.enforces) return;
    const received = call.exchange.channels.received?.name ?? name;
    throw new UnknownName(KINDS[kind].unknown, received);
  }

  /** Once for each change of an entry. */
  #report(kind: KindName, name: string, pinned: Pinned | undefined, differs: readonly string[]): void {
    const { word } = KINDS[kind];
    if (pinned === undefined) {
      this.#reportNew(word, name, `a ${word} is not in the lock`, differs);
      return;
    }
    this.#hasDiffered = true;
    if (pinned.isNew(differs)) this.#log(`a ${word} differs from the lock`, word, name, differs);
  }

  #reportNew(word: string, name: string, message: string, differs: readonly string[]): void {
    const key = `${word}\n${name}`;
    if (!this.#new.has(key) && this.#new.set(key, true)) this.#log(message, word, name, differs);
  }

  #log(message: string, kind: string, name: string, differs: readonly string[]): void {
    log.warn(`${message}${this.enforces ? ', so it is withheld' : ''}`, { event: 'tool-lock', kind, name, differs });
  }
}

function differingKey({ caller }: Call, name: string): string {
  return `${hash('sha256', caller.key)}\n${name}`;
}

/**
 * Whether it is, or may be, of the upstream that the lock has it of. Of several, one without a prefix may list what another
 * one was reviewed for. Where it isn't known, the call goes nowhere.
 */
function isAtItsUpstream(kind: KindName, { name, upstream }: Pinned, call: Call): boolean {
  return call.upstream.among?.(SUBJECT[kind], name).includes(upstream) !== false;
}

const SUBJECT = { tools: 'Tool', prompts: 'Prompt', resourceTemplates: 'Resource', skills: 'Resource' } as const;

/** A list showed a tool or prompt that differs: what is known of it is older. */
function outdated(kind: 'tools' | 'prompts', pinned: Pinned, { upstream }: Call): void {
  if (kind === 'prompts') {
    upstream.listChanged?.(kind);
    return;
  }
  const known = upstream.listed?.(pinned.name);
  if (known !== undefined) pinned.outdate(known);
  // Where credentials are those of callers, each has a list, and others' may be as old.
  if (pinned.isDue()) upstream.listChanged?.(kind, true);
}
