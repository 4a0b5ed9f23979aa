/** What a contestant of `--peers` is: how it is installed, started and spoken to. */

/** Whom the load generator asks, and how. */
export interface Door {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Begins its names of the upstream's tools. */
  readonly prefix: string;
  /** What its names have in place of `_`. */
  readonly underscore: string;
}

/** What `prepare` and `command` may use. */
export interface Place {
  /** Where it was installed. */
  readonly folder: string;
  /** An empty folder of this process. */
  readonly scratch: string;
  /** The upstream's address. */
  readonly upstream: string;
  readonly port: number;
}

export interface Command {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  /** The package with its pinned version, as its registry names it. */
  readonly from: string;
  /** For the page: how it is configured, and whose advice that is. */
  readonly configured: string;
  /** Runs once in an empty folder. @throws Missing if it can't be had here */
  readonly install: (folder: string) => Promise<void>;
  readonly command: (place: Place) => Promise<Command> | Command;
  /** Called until it no longer throws, or a minute has passed. */
  readonly open: (place: Place) => Promise<Door>;
}

/** A peer that can't be had on this machine. The message says why. */
export class Missing extends Error {}

/** As the pipe is spoken to. */
export const PLAIN: Door = { path: '/mcp', headers: {}, prefix: '', underscore: '_' };
