/** `npm start -- --record FILE`: what keeps the traffic, and the check of the record when it ends. */
import { spawn } from 'node:child_process';
import { moduleFile } from '../lib/root.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import type { Observer } from '../proxy/pipeline/observer.ts';
import type { Carried } from '../proxy/start-upstreams.ts';
import { fromHere } from './from-here.ts';
import { OptionError } from './option-error.ts';
import { typed } from './typed.ts';

export interface RecordChoice {
  readonly config?: string | undefined;
  readonly record?: string | undefined;
  readonly 'record-clear': boolean;
  readonly 'record-keep'?: readonly string[] | undefined;
}

export interface LoadedRecord {
  readonly observers: readonly Observer[];
  readonly carried: Carried | undefined;
  /** For the introduction. Undefined: nothing is recorded. */
  readonly line: string | undefined;
  /** After the proxy has closed. @returns what to print */
  end(): Promise<string | undefined>;
}

const NOTHING: LoadedRecord = {
  observers: [],
  carried: undefined,
  line: undefined,
  end: () => Promise.resolve(undefined),
};

/** Throws `OptionError`. Nothing is loaded without `--record`. */
export async function loadRecord(config: ProxyConfig, choice: RecordChoice): Promise<LoadedRecord> {
  const { record: file, 'record-clear': clear, 'record-keep': keeps = [] } = choice;
  if (file === undefined) {
    if (clear || keeps.length > 0)
      throw new OptionError([`--record-${clear ? 'clear' : 'keep'}: expected --record FILE with it`]);
    return NOTHING;
  }
  for (const path of keeps)
    if (!/^[^.\s]+(?:\.[^.\s]+)*$/.test(path))
      throw new OptionError([
        `--record-keep: expected a member such as region or order.region, got ${JSON.stringify(path)}`,
      ]);
  const [{ TrafficRecorder }, { CantRecord, Writer }, { Redactor }, { loadRedaction }] = await Promise.all([
    import('../traffic/record/recorder.ts'),
    import('../traffic/record/writer.ts'),
    import('../traffic/redact/message.ts'),
    import('../traffic/redact/text.ts'),
  ]);
  if (clear)
    console.warn(
      `warning: ${file} will hold every value of every call in clear, personal data and secrets included: keep it on this machine, and remove it when you are done`,
    );
  else await loadRedaction();
  let writer: InstanceType<typeof Writer>;
  try {
    writer = new Writer(fromHere(file));
  } catch (error) {
    if (error instanceof CantRecord) throw new OptionError([error.message]);
    throw error;
  }
  const recorder = new TrafficRecorder(config, writer, clear ? undefined : new Redactor(keeps), keeps);
  return {
    observers: [recorder],
    carried: recorder.carried,
    line: `${file} (values ${clear ? 'in clear' : 'redacted'})`,
    end: async () => {
      const calls = `${recorder.written} call${recorder.written === 1 ? '' : 's'} recorded in ${file}`;
      const left = writer.left === 0 ? '' : `; ${writer.left} had no room`;
      if (recorder.written === 0) return `${calls}${left}`;
      return `${calls}${left}. ${await checked(fromHere(file), choice.config)}`;
    },
  };
}

/** Replays the record with its own config, in its own process: what is decided is expected from then on. */
async function checked(file: string, config: string | undefined): Promise<string> {
  const args = [
    moduleFile('bin/replay'),
    file,
    '--accept',
    '--own',
    '--json',
    ...(config === undefined ? [] : ['--config', fromHere(config)]),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  const found = /\{"accepted":(\d+),"unsure":(\{.*\})\}/.exec(out);
  if (found === null) return `It could not be replayed: ${error.trim().split('\n')[0] ?? 'no reason was given'}`;
  const [, accepted = '0', unsure = '{}'] = found;
  const doubtful = Object.keys(JSON.parse(unsure) as object).length;
  return doubtful === 0
    ? `All ${accepted} are decided the same from the record.`
    : `${accepted} can be replayed; of ${doubtful} the record can't tell everything (${typed('replay')} ${file} shows what)`;
}
