/**
 * The contenders of a row run in turns under the same load, in many short windows: on a noisy machine, adjacent windows
 * are comparable, but two long runs are not. Each set has fresh processes, because one process may by chance be compiled or laid
 * out in memory in a better way.
 */
import type { ChildProcess } from 'node:child_process';
import { bench } from './build.ts';
import { ask, attend, serve, serveDrained, stop, type Program, type Server } from './child.ts';
import type { OneCall, Open, Ran, Run } from './load.ts';
import { order } from './order.ts';
import type { Live, Usage } from './probe.ts';
import { before, upstream } from './subjects.ts';
import { answer, SAME_CUSTOMER, type Era, type Kind } from './wire.ts';

export interface Shape {
  readonly kind: Kind;
  readonly era: Era;
  readonly connections: number;
  /** Per window. */
  readonly calls: number;
  /** Calls of each fresh process before its first window. */
  readonly warmUp: number;
  readonly sets: number;
  readonly rounds: number;
}

type Loading = Pick<Shape, 'kind' | 'era' | 'connections'>;

/** A program between the load and the upstream; without a program, the load goes directly to the upstream. */
export interface Contender {
  readonly program?: Program;
  /** The customer in the call, if it has one. @default SAME_CUSTOMER */
  readonly customer?: string;
  /** Its upstream refuses calls about customers with this ending. */
  readonly hides?: string;
  /** Environment of its upstream (`upstream.ts`). */
  readonly serves?: Readonly<Record<string, string>>;
  /** What binds it to the upstream on a port, besides `UPSTREAM_URL`. */
  readonly bindings?: (port: number) => Record<string, string>;
  /** Begins the names of its tools. */
  readonly prefix?: string;
  /** The token of the caller. @default - none */
  readonly bearer?: string;
  /** The customer that the proxy changes in answers: the client receives another text. */
  readonly conceals?: string;
}

export type Contenders<Name extends string> = Readonly<Record<Name, Contender>>;

interface Window {
  /** Microseconds of CPU, all threads. */
  readonly cpu: number;
  /** Bytes at the end of the window. */
  readonly rss: number;
  readonly ran: Ran;
}

/** The values of one subject, one per round; values with the same index are from the same round. */
export interface Score {
  /** Microseconds of CPU per call, all threads. Not measured for `direct`, which has no hop. */
  readonly cpu: number[];
  readonly perSecond: number[];
  /** Milliseconds. */
  readonly p50: number[];
  readonly p99: number[];
  /** Resident bytes at the end of the round. Not measured for `direct`. */
  readonly rss: number[];
}

export type Scores<Name extends string> = Readonly<Record<Name, Score>>;

export async function contest<Name extends string>(contenders: Contenders<Name>, shape: Shape): Promise<Scores<Name>> {
  const scores = scoresOf(contenders);
  for (let set = 0; set < shape.sets; set++) {
    const field = await Field.open(contenders, shape.era);
    try {
      for (const name of field.order(set)) await field.window(name, { ...shape, calls: shape.warmUp });
      for (let round = 0; round < shape.rounds; round++) {
        for (const name of field.order(set * shape.rounds + round)) {
          const { cpu, rss, ran } = await field.window(name, shape);
          const score = scores[name];
          score.cpu.push(cpu / ran.calls);
          score.perSecond.push((ran.calls / ran.ms) * 1000);
          score.p50.push(ran.p50);
          score.p99.push(ran.p99);
          score.rss.push(rss);
        }
      }
    } finally {
      await field.close();
    }
  }
  return scores;
}

function scoresOf<Name extends string>(contenders: Contenders<Name>): Scores<Name> {
  const empty: Partial<Record<Name, Score>> = {};
  for (const name in contenders) empty[name] = { cpu: [], perSecond: [], p50: [], p99: [], rss: [] };
  return empty as Scores<Name>;
}

/** The address of a contender, with its customer. */
interface Entry {
  readonly server: Server | undefined;
  readonly port: number;
  readonly customer: string;
  readonly conceals: string | undefined;
  readonly prefix: string;
  readonly bearer: string | undefined;
}

/** The running upstreams, load generator and contenders. */
export class Field<Name extends string> {
  readonly #upstreams: readonly Server[];
  readonly #load: ChildProcess;
  readonly #entries: ReadonlyMap<Name, Entry>;

  private constructor(upstreams: readonly Server[], load: ChildProcess, entries: ReadonlyMap<Name, Entry>) {
    this.#upstreams = upstreams;
    this.#load = load;
    this.#entries = entries;
  }

  static async open<Name extends string>(contenders: Contenders<Name>, era: Era): Promise<Field<Name>> {
    const upstreams = new Map<string, Server>();
    const entries = new Map<Name, Entry>();
    for (const [
      name,
      { program, customer = SAME_CUSTOMER, hides, serves, conceals, bindings, prefix = '', bearer },
    ] of Object.entries(contenders) as [Name, Contender][]) {
      const env = { ERA: era, ...(hides === undefined ? {} : { REFUSE_CUSTOMER: hides }), ...serves };
      const key = JSON.stringify(env);
      const up = upstreams.get(key) ?? (await serve(upstream(env)));
      upstreams.set(key, up);
      const server =
        program &&
        (await serveDrained({ ...program, env: { ...before(up.port), ...bindings?.(up.port), ...program.env } }));
      entries.set(name, { server, port: (server ?? up).port, customer, conceals, prefix, bearer });
    }
    return new Field([...upstreams.values()], attend({ args: [bench('load.ts')] }), entries);
  }

  order(round: number): Name[] {
    return order([...this.#entries.keys()], round);
  }

  /** Runs a window with its own connections. @throws Error at a wrong answer, which invalidates everything */
  async window(name: Name, { calls, ...load }: Loading & { readonly calls: number }): Promise<Window> {
    await this.connect(name, load);
    return this.run(name, calls);
  }

  /** Connects the load generator and makes a few calls, so that the hop is connected, too. */
  async connect(name: Name, { kind, era, connections }: Loading): Promise<void> {
    const { port, customer, conceals, prefix, bearer } = this.#entry(name);
    const mention = conceals === undefined ? customer : await this.#concealed(name, port, kind, era, conceals);
    checked(
      name,
      await ask<Ran>(this.#load, {
        do: 'open',
        port,
        kind,
        era,
        customer,
        mention,
        prefix,
        ...(bearer === undefined ? {} : { bearer }),
        connections,
        warmUp: connections * 4,
      } satisfies Open),
    );
  }

  async run(name: Name, calls: number): Promise<Window> {
    const start = await this.usage(name);
    const ran = checked(name, await ask<Ran>(this.#load, { do: 'run', calls } satisfies Run));
    const end = await this.usage(name);
    return { cpu: end.cpu - start.cpu, rss: end.rss, ran };
  }

  async usage(name: Name): Promise<Usage> {
    const child = this.process(name);
    return child === undefined ? { cpu: NaN, rss: NaN } : ask<Usage>(child, 'usage');
  }

  /** Bytes in use after a full collection, inside and outside of V8's heap. */
  async live(name: Name): Promise<number> {
    const child = this.process(name);
    if (child === undefined) return NaN;
    const { heap, external } = await ask<Live>(child, 'live');
    return heap + external;
  }

  port(name: Name): number {
    return this.#entry(name).port;
  }

  process(name: Name): ChildProcess | undefined {
    return this.#entry(name).server?.child;
  }

  async close(): Promise<void> {
    await stop(this.#load);
    for (const { server } of this.#entries.values()) await server?.stop();
    for (const server of this.#upstreams) await server.stop();
  }

  #entry(name: Name): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`got ${name}, expected one of ${[...this.#entries.keys()].join(', ')}`);
    return entry;
  }

  /**
   * The text that the client receives in place of `value`. It is the same at each occurrence, so every later answer is
   * known exactly.
   */
  async #concealed(name: Name, port: number, kind: Kind, era: Era, value: string): Promise<string> {
    const [first = '', second = ''] = answer(kind, era).pieces;
    const ran = await ask<{ body: string }>(this.#load, {
      do: 'call',
      port,
      kind,
      era,
      customer: value,
    } satisfies OneCall);
    const start = ran.body.indexOf(first) + first.length;
    const seen = ran.body.slice(start, ran.body.indexOf(second, start));
    if (seen === '' || ran.body.includes(value))
      throw new Error(`${name}: expected it to conceal ${value}, got ${ran.body.slice(start - 100, start + 100)}`);
    return seen;
  }
}

function checked(name: string, ran: Ran): Ran {
  if (ran.wrong !== undefined) throw new Error(`${name}: a wrong answer after ${ran.calls} calls: ${ran.wrong}`);
  return ran;
}
