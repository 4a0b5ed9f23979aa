/**
 * The proxy's log: one JSON object a line on standard output. Lines that come close together leave in one write, and
 * whatever is pending leaves before the process does.
 */
import { ControlFault, UpstreamFailure } from './errors.ts';
import { jsonLine } from './printable.ts';

// Not by `import`: that makes all of the module's exports, promises included, which is a third of a megabyte.
const fs = process.getBuiltinModule('node:fs');

type Fields = Readonly<Record<string, unknown>>;

/**
 * Milliseconds a line may wait for others: a write of its own for each costs more than all the rest of an audit record.
 */
const TOGETHER_MS = 10;
/** Characters after which nothing waits any longer. */
const ENOUGH = 64 * 1024;

let pending = '';
let timer: NodeJS.Timeout | undefined;

/** Appends one line. The caller vouches that it holds nothing personal or secret. */
export function writeLine(line: string): void {
  pending += `${line}\n`;
  if (pending.length >= ENOUGH) flush();
  else timer ??= setTimeout(flush, TOGETHER_MS).unref();
}

/** Milliseconds that a line waits for a reader who lets the pipe run full. */
const READER_MS = 1_000;

/**
 * Writes one line, after those that are pending, before it returns or settles. Throws or rejects where nobody takes it.
 */
export async function writeNow(line: string): Promise<void> {
  flush();
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

/** Once the stream's own queue was used: whether something is still in it, which nothing may overtake. */
let streaming = false;
function queued(): boolean {
  return streaming && process.stdout.writableLength > 0;
}

/** Writes what is pending. */
export function flush(): void {
  clearTimeout(timer);
  timer = undefined;
  let rest: Buffer = Buffer.from(pending);
  pending = '';
  if (queued()) {
    if (rest.length > 0) process.stdout.write(rest);
    return;
  }
  while (rest.length > 0) {
    try {
      rest = rest.subarray(fs.writeSync(1, rest));
    } catch (error) {
      // A full pipe that doesn't block: let the stream's own queue have it. Nobody reading: nothing to be done.
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
 * An error for the log: its class, code and where it was thrown, but not its message, which may quote what it was
 * thrown about. What an upstream failure says is about the upstream alone, and a control's fault about the control, so
 * those are kept.
 */
function describeError(error: unknown, depth = 0): Fields {
  if (!(error instanceof Error)) return { type: typeof error };
  const fault =
    error instanceof ControlFault
      ? { ...(error.control === undefined ? {} : { control: error.control }), message: error.message }
      : {};
  // What a control's own code threw is told as what it is, beside whose it was.
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

/** The frames alone: a message of several lines may look like some. */
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
