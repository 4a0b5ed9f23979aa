/** What the server says of itself: its instructions and its info, as far as they agree with the lock. */
import { log } from '../../base/log.ts';
import { fold } from '../../call/variants.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { canonical, isCanonically } from './canonical.ts';
import type { Gate } from './gate.ts';
import { sha256Of } from './lock.ts';

/** Of results since 2026-07-28. */
const IN_META = 'io.modelcontextprotocol/serverInfo';
/** A version changes with each release, but it is no sentence. */
const VERSION = /^[\w.+-]{0,64}$/;
/** Members that may be named in a log. Others are the upstream's own words. */
const NAMED: readonly string[] = ['name', 'version', 'title', 'description', 'websiteUrl', 'icons'];

export class LockedServer {
  readonly #gate: Gate;
  /** Whether other instructions, and other info, were reported. */
  #reportedText = false;
  #reportedInfo = false;
  /** What the upstreams may say, each by itself. Made on first use. */
  #parts: ReadonlySet<string> | undefined;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  /** The result of `initialize` or `server/discover` as it may be shown. */
  shown(given: JsonObject): JsonObject {
    if (!this.#gate.enforces) {
      this.#instructions(given);
      this.#info(given);
      return given;
    }
    return this.#instructions(this.#info(withoutVariants(given, ['instructions', 'serverInfo'])));
  }

  #instructions(result: JsonObject): JsonObject {
    const { enforces } = this.#gate;
    const { instructions, ...others } = result;
    if (instructions === '') return result;
    const agreed = typeof instructions === 'string' ? this.#agreed(instructions) : undefined;
    // Also if there are none.
    if (agreed === instructions) return result;
    if (!this.#reportedText) {
      this.#reportedText = true;
      log.warn(`the server's instructions differ from the lock${enforces ? ', so they are left out' : ''}`, {
        event: 'tool-lock',
        differs: ['instructions'],
      });
    }
    return agreed === undefined ? others : { ...result, instructions: agreed };
  }

  /** What of the text is locked. Of several upstreams, each has a part of it; one that is down, none. */
  #agreed(text: string): string | undefined {
    const { instructions, upstreams } = this.#gate.lock;
    const digest = sha256Of(text);
    if (instructions.some(({ sha256 }) => sha256 === digest)) return text;
    if (Object.keys(upstreams).length < 2) return undefined;
    this.#parts ??= new Set(instructions.flatMap((locked) => partsOf(locked.text)));
    const agreed = partsOf(text).filter((part) => this.#parts?.has(part));
    return agreed.length === 0 ? undefined : agreed.join('\n\n');
  }

  #info(result: JsonObject): JsonObject {
    const { serverInfo, _meta: meta } = result;
    let next = result;
    if (serverInfo !== undefined) next = { ...next, serverInfo: this.#agreeing(serverInfo) };
    if (isObject(meta) && meta[IN_META] !== undefined)
      next = { ...next, _meta: { ...meta, [IN_META]: this.#agreeing(meta[IN_META]) } };
    return next;
  }

  /** The info with the lock's name, and without members that differ. */
  #agreeing(given: JsonValue): JsonValue {
    const { lock } = this.#gate;
    const info = isObject(given) ? given : {};
    const isSame = (member: string, value: JsonValue | undefined): boolean => {
      if (member === 'name') return value === lock.server;
      if (member === 'version') return typeof value === 'string' && VERSION.test(value);
      const locked = Object.hasOwn(lock.serverInfo ?? {}, member) ? lock.serverInfo?.[member] : undefined;
      return locked !== undefined && isCanonically(value, canonical(locked));
    };
    const differs = Object.keys(info).filter((member) => !isSame(member, info[member]));
    if (isObject(given) && differs.length === 0) return given;
    this.#report(differs);
    const same = Object.fromEntries(Object.entries(info).filter(([member]) => !differs.includes(member)));
    return { version: '', ...same, name: lock.server };
  }

  #report(differs: readonly string[]): void {
    if (this.#reportedInfo) return;
    this.#reportedInfo = true;
    const named = differs.filter((member) => NAMED.includes(member)).map((member) => `serverInfo.${member}`);
    log.warn(
      `what the server says of itself differs from the lock${this.#gate.enforces ? ', so it is left out' : ''}`,
      { event: 'tool-lock', differs: named.length === differs.length ? named : [...named, 'another member'] },
    );
  }
}

/** The parts of what several upstreams say: each has a heading, and all other lines are quoted. */
function partsOf(text: string): readonly string[] {
  return text.split(/\n\n(?=# )/);
}

/** Without members that a case-insensitive reader takes for these. */
function withoutVariants(result: JsonObject, members: readonly string[]): JsonObject {
  const folded = members.map(fold);
  const isVariant = (key: string): boolean => !members.includes(key) && folded.includes(fold(key));
  if (!Object.keys(result).some(isVariant)) return result;
  return Object.fromEntries(Object.entries(result).filter(([key]) => !isVariant(key)));
}
