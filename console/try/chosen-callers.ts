/**
 * Calls as a caller that a person chose in the console. The form's requests carry a ticket, which only this process
 * makes; all others are read by the config's own source.
 */
import { randomBytes } from 'node:crypto';
import { ProxyError } from '../../proxy/base/errors.ts';
import { type Caller, callerOf, type CallerSource, type Sent } from '../../proxy/call/caller.ts';
import type { JsonObject } from '../../proxy/json/value.ts';

/** The header that holds a ticket. */
export const TICKET = 'x-console-ticket';

interface Issued {
  readonly run: number;
  /** Undefined: as the config's source reads it. */
  readonly claims: JsonObject | undefined;
}

export class ChosenCallers {
  readonly #issued = new Map<string, Issued>();
  readonly #runs = new WeakMap<Caller, number>();
  #lastRun = 0;

  /** A ticket for the requests of one run. It ends with {@link Ticket.end}. */
  issue(claims: JsonObject | undefined): Ticket {
    const header = randomBytes(24).toString('base64url');
    const run = ++this.#lastRun;
    this.#issued.set(header, { run, claims });
    return { header, run, end: () => this.#issued.delete(header) };
  }

  /** The run that a call is part of. */
  runOf(caller: Caller): number | undefined {
    return this.#runs.get(caller);
  }

  /** The same source, for all requests without a ticket. */
  around(source: CallerSource): CallerSource {
    return {
      ...source,
      prepare: (environment) => {
        const read = source.prepare(environment);
        return (sent) => {
          const given = sent.headers[TICKET];
          if (given === undefined) return read(sent);
          const issued = typeof given === 'string' ? this.#issued.get(given) : undefined;
          if (issued === undefined)
            throw new ProxyError('unauthenticated-caller', 'the ticket of the console has ended');
          return this.#read(issued, sent, read);
        };
      },
    };
  }

  #read({ run, claims }: Issued, sent: Sent, read: (sent: Sent) => Caller | Promise<Caller>): Caller | Promise<Caller> {
    // Its own copy, by which its calls are known.
    const ofRun = (caller: Caller): Caller => {
      const own = Object.freeze({ ...caller });
      this.#runs.set(own, run);
      return own;
    };
    if (claims !== undefined) return ofRun(callerOf(claims));
    const got = read(sent);
    return got instanceof Promise ? got.then(ofRun) : ofRun(got);
  }
}

export interface Ticket {
  readonly header: string;
  readonly run: number;
  end(): void;
}
