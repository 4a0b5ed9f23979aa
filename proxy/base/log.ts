/**
 * The proxy's log: one JSON object a line on standard output. Lines logged close together share one write; pending
 * lines are written before the process exits.
 */
import { ControlFault, UpstreamFailure } from './errors.ts';
import { jsonLine } from './printable.ts';

// `import` would create all of the module's exports, promises included: a third of a megabyte.
const fs = process.getBuiltinModule('node:fs');

type Fields = Readonly<Record<string, unknown>>;

/**
 * Milliseconds that a line may wait for others: one write per line costs more than all other work for an audit record.
 */
const TOGETHER_MS = 10;
/** Characters pending after which they are written at once. */
const ENOUGH = 64 * 1024;

let pending = '';
/** Undefined: standard output. */
let diverted: ((lines: string) => void) | undefined;
let timer: NodeJS.Timeout | undefined;

/**
 * From now on lines go there, for a command that shows them to a person in its own time.
 * @param to gets whole lines; undefined: to standard output again
 */
export function divert(to: ((lines: string) => void) | undefined): void {
  flush();
  diverted = to;
}

/** Appends one line. It must hold nothing personal or secret. */
export function writeLine(line: string): void {
  pending += `${line}\n`;
  if (pending.length >= ENOUGH) flush();
  else timer ??= setTimeout(flush, TOGETHER_MS).unref();
}

/** Milliseconds that a line waits for a reader to drain a full pipe. */
const READER_MS = 1_000;

/** Writes one line after those pending, before it returns or settles. Throws or rejects if it can't be written. */
export async function writeNow(line: string): Promise<void> {
  flush();
  if (diverted !== undefined) {
    diverted(`${line}\n`);
    return;
  }
  let rest: Buffer = Buffer.from(`${line}\n`);
  try {
    if (!queued()) while (rest.length > 0) rest = rest.subarray(fs.writeSync(1, rest));
  } catch (error) {
    if (!isErrno(error, 'EAGAIN')) throw error;
    streaming = true;
  }
  if (rest.length === 0) return;
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('standard output takes nothing more')), READER_MS);
    process.stdout.write(rest, (error) => {
      clearTimeout(late);
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Whether the stream's own queue still holds lines, which later lines must not overtake. */
let streaming = false;
function queued(): boolean {
  return streaming && process.stdout.writableLength > 0;
}

/** Writes the pending lines. */
export function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  const lines = pending;
  pending = '';
  if (diverted !== undefined) {
    if (lines !== '') diverted(lines);
    return;
  }
  let rest: Buffer = Buffer.from(lines);
  if (queued()) {
    if (rest.length > 0) process.stdout.write(rest);
    return;
  }
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      // EAGAIN: a non-blocking pipe is full, so the stream queues the rest. Any other error means that there is no reader.
      if (isErrno(error, 'EAGAIN')) {
        streaming = true;
        process.stdout.write(rest);
      }
      return;
    }
  }
}

process.on('exit', flush);

function entry(level: 'info' | 'warn' | 'error', message: string, fields: Fields): void {
  const { error, ...rest } = fields;
  writeLine(
    jsonLine({
      time: new Date().toISOString(),
      level,
      message,
      ...rest,
      ...(error === undefined ? {} : { error: describeError(error) }),
    }),
  );
}

export const log = {
  info: (message: string, fields: Fields = {}): void => entry('info', message, fields),
  warn: (message: string, fields: Fields = {}): void => entry('warn', message, fields),
  error: (message: string, fields: Fields = {}): void => entry('error', message, fields),
};

/**
 * An error for the log: class, code and stack frames. The message is left out because it may quote values; only
 * upstream failures and control faults keep theirs, since they quote none.
 */
function describeError(error: unknown, depth = 0): Fields {
  if (!(error instanceof Error)) return { type: typeof error };
  const fault =
    error instanceof ControlFault
      ? { ...(error.control === undefined ? {} : { control: error.control }), message: error.message }
      : {};
  // Describe the control's own error, and add the control's name.
  if (error instanceof ControlFault && error.cause instanceof Error)
    return { ...describeError(error.cause, depth + 1), ...fault };
  return {
    type: NAME.test(error.name) ? error.name : 'Error',
    ...(error instanceof UpstreamFailure ? { message: error.message } : fault),
    ...('code' in error && typeof error.code === 'string' && NAME.test(error.code) ? { code: error.code } : {}),
    stack: framesOf(error),
    ...(error.cause === undefined || depth > 4 ? {} : { cause: describeError(error.cause, depth + 1) }),
  };
}

const NAME = /^[A-Za-z][\w-]{0,63}$/;
const FRAME = /^ {4}at (?:.{1,200} \()?(?:file:|node:|\/|[A-Za-z]:\\)[^()]{1,1000}:\d+:\d+\)?$/;

/** Only the frames: lines of the message may look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const at = message === '' ? -1 : stack.indexOf(message);
  const frames = at < 0 ? stack : stack.slice(at + message.length);
  return frames
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, 8)
    .map((line) => line.trim());
}

export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
