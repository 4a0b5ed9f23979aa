/** Who may use the console: pages that it served itself, to a browser on this machine, with the key of this start. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403 | 405 | 415;
  readonly message: string;
}

export class Guard {
  readonly #hosts: ReadonlySet<string>;
  readonly #key: Buffer;

  /** @param key made at this start */
  constructor(port: number, key: string) {
    this.#hosts = new Set(['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`));
    this.#key = Buffer.from(key);
  }

  /** Against DNS rebinding, and requests that other pages make. Checked for everything, also for the empty page. */
  refusal({ headers }: IncomingMessage): Refusal | undefined {
    const { host = '', origin } = headers;
    if (!this.#hosts.has(host.toLowerCase()))
      return { status: 403, message: `the Host header is expected to be one of ${[...this.#hosts].join(', ')}` };
    if (origin !== undefined && !this.#hosts.has(origin.toLowerCase().replace(/^http:\/\//, '')))
      return { status: 403, message: 'the Origin header is expected to name this console' };
    const site = headers['sec-fetch-site'];
    // `none`: a person typed the address, or followed a link in a terminal.
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return { status: 403, message: 'pages of other origins may load nothing from this console' };
    return undefined;
  }

  /** For everything that shows or does something. The key is in a header that no other page can set. */
  keyRefusal({ headers }: IncomingMessage): Refusal | undefined {
    const given = Buffer.from(/^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '');
    if (given.length === this.#key.length && timingSafeEqual(given, this.#key)) return undefined;
    return { status: 401, message: 'expected the key of this start: open the address that npm start printed' };
  }
}

/** For every answer. Nothing is loaded from elsewhere, no markup of a text can run or load anything. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
