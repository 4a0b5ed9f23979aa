/** Records what a client does with a proxy in this process, and replays it. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { divert } from '../../proxy/base/log.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { startProxy } from '../../proxy/start-proxy.ts';
import { parseRecord, type TrafficRecord } from '../../traffic/format.ts';
import { TrafficRecorder } from '../../traffic/record/recorder.ts';
import { Writer } from '../../traffic/record/writer.ts';
import { Redactor } from '../../traffic/redact/message.ts';
import { loadRedaction } from '../../traffic/redact/text.ts';
import { accept } from '../../traffic/replay/accept.ts';
import { Engine, type Played } from '../../traffic/replay/engine.ts';
import { judge, type Verdict } from '../../traffic/replay/judge.ts';

export interface Recorded extends AsyncDisposable {
  readonly file: string;
  readonly text: string;
  readonly record: TrafficRecord;
  readonly mode: number;
  /** Through another config. */
  replay(config: ProxyConfig): Promise<{ readonly verdict: Verdict; readonly played: readonly Played[] }>;
}

export interface Recording {
  readonly config: ProxyConfig;
  readonly bindings: Readonly<Record<string, string>>;
  /** @default redacted */
  readonly clear?: boolean;
  readonly keeps?: readonly string[];
  /** Whether the record is closed in order. @default true */
  readonly closed?: boolean;
  readonly most?: number;
}

export async function recorded(
  { config, bindings, clear = false, keeps = [], closed = true, most }: Recording,
  use: (url: string) => Promise<void>,
): Promise<Recorded> {
  const folder = await mkdtemp(join(tmpdir(), 'traffic-'));
  const file = join(folder, 'traffic.jsonl');
  await loadRedaction();
  const recorder = new TrafficRecorder(config, new Writer(file, most), clear ? undefined : new Redactor(keeps), keeps);
  const proxy = await startProxy(config, { HOST: '127.0.0.1', PORT: '0', ...bindings }, [recorder], recorder.carried);
  await use(proxy.url);
  await proxy.close(0);
  const read = async (): Promise<TrafficRecord> => parseRecord(await readFile(file, 'utf8'), file);
  if (closed) {
    const record = await read();
    await accept(file, record, await play(record, config), await play(record, config), true);
  }
  const record = await read();
  return {
    file,
    text: await readFile(file, 'utf8'),
    record,
    mode: (await stat(file)).mode % 0o1000,
    replay: async (other) => {
      const played = await play(record, other);
      return { verdict: await judge(record, played, other), played };
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true });
    },
  };
}

async function play(record: TrafficRecord, config: ProxyConfig): Promise<readonly Played[]> {
  divert(() => {});
  try {
    return await new Engine(record).play(config);
  } finally {
    divert(undefined);
  }
}
