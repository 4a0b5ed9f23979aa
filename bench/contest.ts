/**
 * Direct, pipe, proxy and proxy with audit take turns under the same load, in many short windows: on a noisy machine
 * neighbours in time are comparable, and two long runs are not. Each set of turns has fresh processes, since one process may
 * be lucky in how it was compiled and laid out in memory.
 */
import type { ChildProcess } from 'node:child_process';
import { bench } from './build.ts';
import { ask, attend, serve, serveDrained, stop, type Server } from './child.ts';
import type { Open, Ran, Run } from './load.ts';
import type { Live, Usage } from './probe.ts';
import { before, upstream, type Programs, type Subject } from './subjects.ts';
import type { Era, Kind } from './wire.ts';

export interface Shape {
  readonly kind: Kind;
  readonly era: Era;
  readonly connections: number;
  /** Per window. */
  readonly calls: number;
  /** Calls each fresh process has behind it before its first window. */
  readonly warmUp: number;
  readonly sets: number;
  readonly rounds: number;
}

type Loading = Pick<Shape, 'kind' | 'era' | 'connections'>;

interface Window {
  /** Microseconds, of all threads. */
  readonly cpu: number;
  /** Bytes, at its end. */
  readonly rss: number;
  readonly ran: Ran;
}

/** Of one subject, one entry per round; entries of the same index belong to the same round. */
export interface Score {
  /** Microseconds of CPU per call, all threads. Not measured for `direct`, which has no hop. */
  readonly cpu: number[];
  readonly perSecond: number[];
  /** Milliseconds. */
  readonly p50: number[];
  readonly p99: number[];
}

export type Scores = Record<Subject, Score>;

export async function contest(programs: Programs, shape: Shape): Promise<Scores> {
  const empty = (): Score => ({ cpu: [], perSecond: [], p50: [], p99: [] });
  const scores: Scores = { direct: empty(), pipe: empty(), 'no control': empty(), audit: empty() };
  for (let set = 0; set < shape.sets; set++) {
    const field = await Field.open(programs, shape.era);
    for (const subject of field.order(0)) await field.window(subject, { ...shape, calls: shape.warmUp });
    for (let round = 0; round < shape.rounds; round++) {
      for (const subject of field.order(round)) {
        const { cpu, ran } = await field.window(subject, shape);
        const score = scores[subject];
        score.cpu.push(cpu / ran.calls);
        score.perSecond.push((ran.calls / ran.ms) * 1000);
        score.p50.push(ran.p50);
        score.p99.push(ran.p99);
      }
    }
    await field.close();
  }
  return scores;
}

/** The upstream, the load generator and the subjects, up and running. */
export class Field {
  readonly #upstream: Server;
  readonly #load: ChildProcess;
  readonly #subjects: ReadonlyMap<Subject, Server>;

  private constructor(upstreamServer: Server, load: ChildProcess, subjects: ReadonlyMap<Subject, Server>) {
    this.#upstream = upstreamServer;
    this.#load = load;
    this.#subjects = subjects;
  }

  static async open(programs: Programs, era: Era, only?: Subject): Promise<Field> {
    const up = await serve(upstream({ ERA: era }));
    const subjects = new Map<Subject, Server>();
    for (const [subject, program] of [['pipe', programs.pipe], ['no control', programs.noControl], ['audit', programs.audit]] as const) {
      if (only === undefined || only === subject) subjects.set(subject, await serveDrained({ ...program, env: before(up.port) }));
    }
    return new Field(up, attend({ args: [bench('load.ts')] }), subjects);
  }

  /** Another one begins each time, and every second round runs backwards: nobody always comes first, or after the same neighbour. */
  order(round: number): Subject[] {
    const subjects: Subject[] = ['direct', ...this.#subjects.keys()];
    const first = round % subjects.length;
    const rotated = [...subjects.slice(first), ...subjects.slice(0, first)];
    return round % 2 === 0 ? rotated : rotated.reverse();
  }

  /** A window with connections of its own. @throws Error at a wrong answer: nothing else counts then. */
  async window(subject: Subject, { calls, ...load }: Loading & { readonly calls: number }): Promise<Window> {
    await this.connect(subject, load);
    return this.run(subject, calls);
  }

  /** Connects the load generator, with a few calls so that the hop has its connections too. */
  async connect(subject: Subject, { kind, era, connections }: Loading): Promise<void> {
    const { port } = this.#subjects.get(subject) ?? this.#upstream;
    checked(subject, await ask<Ran>(this.#load, { do: 'open', port, kind, era, connections, warmUp: connections * 4 } satisfies Open));
  }

  async run(subject: Subject, calls: number): Promise<Window> {
    const start = await this.usage(subject);
    const ran = checked(subject, await ask<Ran>(this.#load, { do: 'run', calls } satisfies Run));
    const end = await this.usage(subject);
    return { cpu: end.cpu - start.cpu, rss: end.rss, ran };
  }

  async usage(subject: Subject): Promise<Usage> {
    const server = this.#subjects.get(subject);
    return server === undefined ? { cpu: NaN, rss: NaN } : ask<Usage>(server.child, 'usage');
  }

  /** Bytes that a full collection leaves, in V8's heap and outside of it. */
  async live(subject: Subject): Promise<number> {
    const child = this.process(subject);
    if (child === undefined) return NaN;
    const { heap, external } = await ask<Live>(child, 'live');
    return heap + external;
  }

  process(subject: Subject): ChildProcess | undefined {
    return this.#subjects.get(subject)?.child;
  }

  async close(): Promise<void> {
    await stop(this.#load);
    for (const server of this.#subjects.values()) await server.stop();
    await this.#upstream.stop();
  }
}

function checked(subject: Subject, ran: Ran): Ran {
  if (ran.wrong !== undefined) throw new Error(`${subject}: a wrong answer after ${ran.calls} calls: ${ran.wrong}`);
  return ran;
}
