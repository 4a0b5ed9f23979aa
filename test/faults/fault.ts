/** What a fault declares: what happens, what the client gets, what the log says, and what to do. */
import type { RawReply } from '../support/raw.ts';
import type { Certificate } from './certificates.ts';
import { call, type CallOptions, type Era, told } from './client.ts';
import type { Config, ProcessOptions, ProxyProcess } from './proxies.ts';
import type { Manner, TokenEndpoint } from './token-endpoint.ts';
import type { FaultyUpstream, Script } from './upstream.ts';

/**
 * Lines of text: `N` stands for a number, `…` for any text, ` | ` separates what may be there instead. Of the same lines
 * many times, one is declared. A request of the legacy era that became a call gets HTTP 200 with its error (docs/errors.md), so the status is that of the modern era.
 */
export type Lines = readonly string[] | Readonly<Record<Config, readonly string[]>>;

/** Where a fault is played. */
export interface Scene {
  readonly era: Era;
  readonly config: Config;
  readonly proxy: ProxyProcess;
  readonly upstream: FaultyUpstream;
  /** Of a process with `tokens`. */
  readonly tokens: TokenEndpoint | undefined;
  /** Calls the tool `fault`. */
  readonly call: (options?: CallOptions) => Promise<RawReply | Error>;
  /** Ends the free connections to the upstream, and waits until the proxy knows. */
  readonly disconnect: () => Promise<void>;
}

/** A process for one fault. */
export interface OwnProcess extends Partial<ProcessOptions> {
  /** The upstream speaks TLS with this certificate. @default - plain HTTP */
  readonly certificate?: Certificate;
  /** The host in the upstream's URL. @default 127.0.0.1 */
  readonly host?: string;
  /** The proxy gets its credentials from a token endpoint that behaves so at first. @default - it has none */
  readonly tokens?: Manner;
}

export interface Fault {
  readonly name: string;
  /** What happens, as a sentence for the table. */
  readonly happens: string;
  /** Makes the fault and returns what the client got, each in one line. */
  readonly play: (scene: Scene) => Promise<readonly string[]>;
  readonly gets: Lines;
  readonly logs: Lines;
  /** What to do about it. */
  readonly advice: string;
  /** Short time limits. @default usual */
  readonly limits?: 'short' | 'usual';
  /** @default both */
  readonly eras?: readonly Era[];
  /** @default both */
  readonly configs?: readonly Config[];
  /** @default - a process that it shares with other faults */
  readonly own?: OwnProcess;
  /** What becomes of the next call: it works, or the process has ended. @default works */
  readonly next?: 'works' | 'ended';
}

/** Plays one call that the upstream answers by a script. */
export function answering(script: Script): Fault['play'] {
  return async (scene) => {
    await scene.disconnect();
    scene.upstream.script = script;
    return [told(await scene.call())];
  };
}

/** The lines for one set of controls. */
export function linesOf(lines: Lines, config: Config): readonly string[] {
  return 'passing' in lines ? lines[config] : lines;
}

/** Whether a text fits a declared line. */
export function fits(line: string, text: string): boolean {
  const pattern = line
    .split(' | ')
    .map((each) => patternOf(each))
    .join('|');
  return new RegExp(`^(?:${pattern})$`, 's').test(text);
}

function patternOf(line: string): string {
  return line
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\bN\b/g, String.raw`\d+`)
    .replaceAll('…', '.*');
}

/** The declared line for an era. */
export function inEra(line: string, era: Era): string {
  return era === 'modern' ? line : line.replaceAll(/\b5\d\d error/g, '200 error');
}

/** Calls the tool `fault` at a port. */
export function caller(port: number, era: Era): Scene['call'] {
  return (options) => call(port, era, 'fault', options);
}
