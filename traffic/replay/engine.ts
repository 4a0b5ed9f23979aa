/**
 * Plays a record through the controls of a config: the same dispatch, sessions and streams as in a proxy, with the record's
 * callers, answers and times. Calls that overlapped overlap again. Nothing is sent anywhere.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { Recorder } from '../../console/record/recorder.ts';
import type { Recording } from '../../console/record/recording.ts';
import { values } from '../../console/record/shape.ts';
import { Store } from '../../console/record/store.ts';
import { openRandom } from '../../proxy/base/random.ts';
import { callerOf, NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { type Message, readMessage } from '../../proxy/call/message.ts';
import { type ProxyConfig } from '../../proxy/config/config.ts';
import { prepare, type Prepared } from '../../proxy/prepare.ts';
import { decidedOf } from '../decided.ts';
import type { Decided, RecordedCall, TrafficRecord } from '../format.ts';
import { Answers } from './answers.ts';
import { apart } from './apart.ts';
import type { Client } from './client.ts';
import { Clock } from './clock.ts';
import { Playing } from './playing.ts';
import { Tokens } from './tokens.ts';

/** What became of one call. */
export interface Played {
  readonly recorded: RecordedCall;
  /** Undefined: it can't be played. `why` says so. */
  readonly decided: Decided | undefined;
  readonly why?: string;
  /** What became of it at each point, for a person. */
  readonly recording?: Recording;
  /** Who got the reply. */
  readonly client?: Client;
  /** Requests to upstreams that the record doesn't know. */
  readonly unknown: readonly string[];
  /** Where something wanted to connect to. */
  readonly tried: readonly string[];
}

/** Real milliseconds in which a call has to come to rest. */
const PATIENCE_MS = 30_000;
const REMEMBERED = { calls: 10_000, bytes: 512 * 1024 * 1024 };

export class Engine {
  readonly #record: TrafficRecord;
  readonly #playing = new AsyncLocalStorage<Playing>();
  readonly #tokens = new Tokens();
  readonly #sessions = new Map<string, string>();
  readonly #clock: Clock;

  constructor(record: TrafficRecord) {
    this.#record = record;
    this.#clock = new Clock(Date.parse(record.head.began));
  }

  /** Something in this process wanted to connect. */
  tried(where: string): void {
    this.#playing.getStore()?.tried.add(where);
  }

  /** @param progress is told how many calls have been played */
  async play(config: ProxyConfig, progress: (played: number) => void = () => {}): Promise<readonly Played[]> {
    openRandom();
    const restore = this.#clock.install();
    try {
      return await this.#play(config, progress);
    } finally {
      restore();
    }
  }

  async #play(config: ProxyConfig, progress: (played: number) => void): Promise<readonly Played[]> {
    const { config: own, environment } = apart(config);
    const answers = new Answers(this.#record, this.#playing, this.#tokens);
    const recorder = new Recorder({
      controls: own.controls.map(({ name }) => name),
      upstreams: Object.keys(own.upstreams ?? { default: {} }),
      showsValues: true,
      shown: values,
      store: new Store(REMEMBERED),
      runOf: () => undefined,
    });
    recorder.onCall((recording) => {
      const playing = this.#playing.getStore();
      if (playing !== undefined) playing.recording ??= recording;
    });
    const prepared = await prepare(own, environment, {
      watching: [recorder],
      carried: answers.carried,
      isReplay: true,
    });
    const calls = this.#record.calls.map((recorded) => new Playing(recorded));
    const open = new Set<Playing>();
    const began = Date.parse(this.#record.head.began);
    let count = 0;
    for (const { at, begins } of timeline(calls)) {
      this.#clock.to(began + at);
      if (begins !== undefined) {
        this.#begin(begins, prepared);
        open.add(begins);
        progress(++count);
      }
      for (const playing of open) {
        playing.release(at);
        await inTime(playing.atRest(at));
        if (playing.isDone) open.delete(playing);
      }
      await turns();
    }
    // What the record has no end of: streams that somebody listened to.
    for (const playing of open) playing.release(Infinity);
    for (const playing of open) await inTime(playing.atRest(Infinity));
    await turns();
    await prepared.started.upstream.close(0);
    return calls.map((playing) => playedOf(playing));
  }

  #begin(playing: Playing, { serving }: Prepared): void {
    const { recorded, client } = playing;
    if (recorded.tooLong === true) {
      playing.done();
      return;
    }
    let message: Message | undefined;
    try {
      message =
        recorded.text === undefined ? undefined : readMessage(this.#tokens.inPlace(recorded.text), serving.maxDepth);
    } catch {
      playing.done();
      return;
    }
    const exchange = this.#exchangeOf(recorded, message);
    client.whenEnded(() => {
      if (recorded.opened !== undefined && client.session !== undefined)
        this.#sessions.set(recorded.opened, client.session);
      this.#tokens.learn(gaveIn(recorded), client.text);
      playing.done();
    });
    this.#playing.run(playing, () => void serving.dispatcher.dispatch(recorded.kind, message, exchange, client));
  }

  #exchangeOf({ claims, era, sent }: RecordedCall, message: Message | undefined): Exchange {
    const caller = Object.keys(claims).length === 0 ? NOBODY : callerOf(claims);
    const session = sent.session === undefined ? undefined : this.#sessions.get(sent.session);
    return new Exchange(
      caller,
      era,
      {
        ...NO_HEADERS,
        accept: sent.accept,
        protocolVersion: sent.version,
        lastEventId: sent.lastEventId,
        derive: sent.derive === true,
        mirrorMethod: sent.mirrorMethod === true,
        mirrorName: sent.mirrorName === true,
        nameHeader: sent.mirrorName === true ? message?.name : undefined,
        sessionId: session,
        runtimeSessionId: sent.platform,
      },
      message?.text.length ?? 0,
    );
  }
}

/** In the order of the record: when calls came, and when parts of answers did. */
function timeline(calls: readonly Playing[]): { readonly at: number; readonly begins?: Playing }[] {
  const events: { readonly at: number; readonly begins?: Playing }[] = [];
  for (const playing of calls) {
    const { at, asked } = playing.recorded;
    events.push({ at, begins: playing });
    for (const { own, at: sent, pieces = [] } of asked) {
      if (own === true) continue;
      events.push({ at: sent });
      for (const [arrived] of pieces) events.push({ at: arrived });
    }
  }
  // At the same millisecond, what came goes before what follows from it.
  return events
    .map((event, i) => ({ event, i }))
    .toSorted((a, b) => a.event.at - b.event.at || a.i - b.i)
    .map(({ event }) => event);
}

function playedOf({ recorded, recording, client, unknown, tried }: Playing): Played {
  const rest = { recorded, unknown: [...unknown], tried: [...tried] };
  if (recorded.tooLong === true) return { ...rest, decided: undefined, why: 'its texts were too long for the record' };
  if (recording === undefined) return { ...rest, decided: undefined, why: 'its message is not accepted now' };
  return { ...rest, decided: decidedOf(recording.detail, client.text), recording, client };
}

function gaveIn({ gave, asked }: RecordedCall): string | undefined {
  return (
    gave ??
    asked
      .findLast(({ own }) => own !== true)
      ?.pieces?.map(([, text]) => text)
      .join('')
  );
}

/** Lets what was released be worked on. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function inTime(rest: Promise<void>): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  await Promise.race([rest, new Promise<void>((resolve) => (late = setTimeout(resolve, PATIENCE_MS)))]);
  clearTimeout(late);
}
