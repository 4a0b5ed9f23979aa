/**
 * Ids of upstreams in a form that says which upstream they belong to.
 *
 * Task ids, request states and cursors are sealed: a client can neither read which upstream they belong to nor hand them to
 * another upstream or caller. The same id always has the same form, since clients compare ids. Ids that a client only
 * returns within its own session (of questions of the upstream, of events) carry the upstream's name.
 */
import { ProxyError } from '../base/errors.ts';
import { kernelRandom } from '../base/random.ts';
import { bytesOf } from '../upstream/seal.ts';
import type { Places } from './places.ts';

/** Loaded with the first id: it takes 0.6 MB and several milliseconds. */
const crypto = () => process.getBuiltinModule('node:crypto');

const PREFIX = 'mcpu1.';
const NONCE = 12;
const TAG = 16;

function keysOf(root: Buffer): { readonly cipher: Buffer; readonly nonce: Buffer } {
  const derived = (purpose: string): Buffer =>
    crypto().createHmac('sha256', root).update(`mcp upstream ids, ${purpose}`).digest();
  return { cipher: derived('cipher'), nonce: derived('nonce') };
}

/** What a sealed id is; it opens as nothing else. */
export type WrappedKind = 'task' | 'state' | 'cursor';

export class Wrapper {
  readonly #places: Places;
  #keys: { readonly cipher: Buffer; readonly nonce: Buffer } | undefined;

  constructor(places: Places) {
    this.#places = places;
  }

  /** @param secret shared by processes that open each other's ids */
  learn(secret: string): void {
    this.#keys = keysOf(Buffer.from(secret));
  }

  /** Without a shared secret, each process draws its own on first use, after any restore of a snapshot. */
  get #key(): { readonly cipher: Buffer; readonly nonce: Buffer } {
    return (this.#keys ??= keysOf(kernelRandom(32)));
  }

  /** AES-256-GCM; the nonce is an HMAC of all that is sealed, so that it only repeats for the same id. */
  seal(kind: WrappedKind, upstream: string, caller: string, id: string): string {
    const binding = bindingOf(kind, caller);
    const payload = Buffer.from(`${upstream}\n${this.#places.of(upstream)}${id}`);
    const nonce = crypto()
      .createHmac('sha256', this.#key.nonce)
      .update(binding)
      .update(payload)
      .digest()
      .subarray(0, NONCE);
    const cipher = crypto().createCipheriv('aes-256-gcm', this.#key.cipher, nonce).setAAD(binding);
    const sealed = Buffer.concat([nonce, cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
    return PREFIX + sealed.toString('base64url');
  }

  /** Undefined: it is none of ours, was changed, or belongs to another caller, or its upstream is at another address now. */
  open(
    kind: WrappedKind,
    caller: string,
    sealed: string,
  ): { readonly upstream: string; readonly id: string } | undefined {
    if (!sealed.startsWith(PREFIX)) return undefined;
    const bytes = bytesOf(sealed.slice(PREFIX.length));
    if (bytes === undefined || bytes.length < NONCE + TAG) return undefined;
    try {
      const decipher = crypto()
        .createDecipheriv('aes-256-gcm', this.#key.cipher, bytes.subarray(0, NONCE), { authTagLength: TAG })
        .setAAD(bindingOf(kind, caller))
        .setAuthTag(bytes.subarray(-TAG));
      const payload = decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8');
      const at = payload.indexOf('\n');
      const upstream = payload.slice(0, at);
      const place = this.#places.of(upstream);
      const id = payload.slice(at + 1);
      return id.startsWith(place) ? { upstream, id: id.slice(place.length) } : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The length of the kind keeps kind and caller apart. */
function bindingOf(kind: WrappedKind, caller: string): Buffer {
  return Buffer.from(`${kind}\n${crypto().hash('sha256', caller)}`);
}

/** An id of a request, a progress token or an elicitation, given as JSON text; returns JSON text. */
export function named(upstream: string, id: string): string {
  return JSON.stringify(`${upstream}:${id}`);
}

/** What {@link named} made, given as JSON text. Undefined: it names no upstream. */
export function unnamed(id: string): { readonly upstream: string; readonly id: string } | undefined {
  if (!id.startsWith('"')) return undefined;
  const value: unknown = JSON.parse(id);
  const found = typeof value === 'string' ? /^([a-z][a-z0-9-]*):(-?[0-9].*|".*")$/s.exec(value) : null;
  if (found === null) return undefined;
  const [, upstream = '', inner = ''] = found;
  return isId(inner) ? { upstream, id: inner } : undefined;
}

function isId(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' || typeof value === 'number';
  } catch {
    return false;
  }
}

/** The error for an id that opens nowhere. */
export function notOurs(what: string): ProxyError {
  return new ProxyError('invalid-params', `expected ${what} that this proxy gave to this caller, got another one`);
}
