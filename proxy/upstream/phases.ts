/** The time limits of one exchange with an upstream, phase by phase; none on the whole. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { UpstreamFailure } from '../errors.ts';
import { type Deadline, unwatch, watch } from './deadlines.ts';

/** Milliseconds. */
export interface PhaseLimits {
  /** Until a connection is had and secured, waiting for a free one included. */
  readonly connectMs: number;
  /** From then until the head of the reply. */
  readonly firstByteMs: number;
  /** Between two arrivals of bytes of one reply. */
  readonly idleMs: number;
}

/** Ends a request whose phase takes too long; an idle one is noticed a quarter of its limit late at most. */
export class Phases implements Deadline {
  at: number;
  slot = -1;
  #phase: 'connect' | 'first byte' | 'idle' = 'connect';
  #bytesRead = 0;
  #lastByteAt = 0;
  #response: IncomingMessage | undefined;
  readonly #request: ClientRequest;
  readonly #url: URL;
  readonly #limits: PhaseLimits;
  readonly #reject: (error: Error) => void;

  constructor(request: ClientRequest, url: URL, limits: PhaseLimits, reject: (error: Error) => void) {
    this.#request = request;
    this.#url = url;
    this.#limits = limits;
    this.#reject = reject;
    this.at = performance.now() + limits.connectMs;
    request.on('socket', (socket) => {
      if (!socket.connecting) this.#connected();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => this.#connected());
    });
    watch(this);
  }

  #connected(): void {
    if (this.#phase !== 'connect') return;
    this.#phase = 'first byte';
    this.at = performance.now() + this.#limits.firstByteMs;
  }

  headed(response: IncomingMessage): void {
    this.#phase = 'idle';
    this.#response = response;
    this.#bytesRead = this.#request.socket?.bytesRead ?? 0;
    this.#lastByteAt = performance.now();
    this.at = this.#lastByteAt + this.#limits.idleMs / 4;
    response.on('close', () => unwatch(this));
  }

  failed(): void {
    unwatch(this);
  }

  expired(now: number): number | undefined {
    const { connectMs, firstByteMs, idleMs } = this.#limits;
    if (this.#phase === 'idle') {
      const bytesRead = this.#request.socket?.bytesRead ?? 0;
      if (bytesRead !== this.#bytesRead) {
        this.#bytesRead = bytesRead;
        this.#lastByteAt = now;
      }
      if (now - this.#lastByteAt < idleMs) return Math.min(now + idleMs / 4, this.#lastByteAt + idleMs);
    }
    const expected =
      this.#phase === 'connect' ? `a connection within ${connectMs} ms` : this.#phase === 'idle' ? `more of the reply within ${idleMs} ms` : `an answer within ${firstByteMs} ms`;
    this.#reject(new UpstreamFailure('upstream-timeout', `the upstream ${this.#url.host} is slow: expected ${expected}, got none`));
    this.#response?.destroy();
    this.#request.destroy();
    return undefined;
  }
}
