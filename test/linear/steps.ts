/**
 * Counts the steps of a piece of work instead of seconds: how often each block of the project's own code runs, as V8
 * counts it for coverage, and how many characters its native calls read. Linear work takes eight times the steps for
 * eight times the input.
 */
import { Session } from 'node:inspector';

interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly { readonly count: number }[] }[];
  }[];
}

const session = new Session();
let native = 0;
let counting = false;

/** The cost of a search: V8 compares up to a whole needle at each place. */
function searched(length: number, from: number, found: number, needle: number): number {
  const looked = Math.max(0, (found < 0 ? length : found) - from) + needle;
  return looked * (1 + needle / 64);
}

type Cost = (self: unknown, args: readonly unknown[], result: unknown) => number;
const sizeOf = (value: unknown): number =>
  typeof value === 'string' || Array.isArray(value) || ArrayBuffer.isView(value)
    ? (value as { readonly length: number }).length
    : 0;
const whole: Cost = (self, args) => sizeOf(self) + sizeOf(args[0]);
const find: Cost = (self, [needle, from = 0], result) =>
  searched(
    sizeOf(self),
    Number(from),
    typeof result === 'number' ? result : result === true ? Number(from) : -1,
    typeof needle === 'string' ? needle.length : 1,
  );

/** Only texts are hashed by content. */
const hashed = (key: unknown): number => (typeof key === 'string' ? key.length / 16 : 0);

/** Native calls that take time in proportion to their input, with the characters or items that each reads. */
const CALLS: readonly (readonly [target: object, name: string, cost: Cost])[] = [
  ...(['includes', 'indexOf'] as const).map((name) => [String.prototype, name, find] as const),
  ...(['includes', 'indexOf'] as const).map((name) => [Buffer.prototype, name, find] as const),
  ...(
    [
      'split',
      'replace',
      'replaceAll',
      'match',
      'search',
      'normalize',
      'toLowerCase',
      'toUpperCase',
      'trim',
      'trimEnd',
      'isWellFormed',
    ] as const
  ).map((name) => [String.prototype, name, whole] as const),
  [
    String.prototype,
    'lastIndexOf',
    (self, [needle, from = Infinity], result) =>
      Math.min(sizeOf(self), Number(from)) - Math.max(0, Number(result)) + sizeOf(needle),
  ],
  [String.prototype, 'startsWith', (_self, [needle], result) => (result === true ? sizeOf(needle) : 1)],
  [JSON, 'parse', (_self, [text]) => sizeOf(text)],
  [JSON, 'stringify', (_self, _args, result) => sizeOf(result)],
  [Buffer, 'from', (_self, [of]) => sizeOf(of)],
  [Buffer, 'concat', (_self, _args, result) => sizeOf(result)],
  [Buffer.prototype, 'toString', (_self, _args, result) => sizeOf(result)],
  ...(['includes', 'indexOf', 'slice', 'concat', 'sort', 'join', 'shift', 'unshift'] as const).map(
    (name) => [Array.prototype, name, whole] as const,
  ),
  ...(['keys', 'values', 'entries'] as const).map(
    (name) => [Object, name, (_self: unknown, _args: readonly unknown[], result: unknown) => sizeOf(result)] as const,
  ),
  ...(['get', 'has', 'set'] as const).map(
    (name) => [Map.prototype, name, (_self: unknown, [key]: readonly unknown[]) => 1 + hashed(key)] as const,
  ),
  ...(['has', 'add'] as const).map(
    (name) => [Set.prototype, name, (_self: unknown, [key]: readonly unknown[]) => 1 + hashed(key)] as const,
  ),
];

function watch(): () => void {
  const undo = CALLS.map(([target, name, cost]) => {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== 'function') throw new TypeError(`expected a function ${name}`);
    const value = function (this: unknown, ...args: readonly unknown[]): unknown {
      const result: unknown = Reflect.apply(original, this, args);
      if (counting) {
        counting = false;
        native += cost(this, args, result);
        counting = true;
      }
      return result;
    };
    Reflect.defineProperty(target, name, {
      value: Object.assign(value, Object.fromEntries(Object.entries(original))),
      configurable: true,
      writable: true,
    });
    return () => Reflect.defineProperty(target, name, { value: original, configurable: true, writable: true });
  });
  return () => undo.forEach((back) => back());
}

/** Must be called before loading the code whose steps are counted. */
export function startCounting(): void {
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

export function stopCounting(): void {
  session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
}

function blocks(): number {
  let sum = 0;
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error !== null) throw new Error(error.message);
    for (const { url, functions } of (taken as Coverage).result) {
      if (!/\/proxy\/[^?]*\.ts/.test(url)) continue;
      for (const { ranges } of functions) for (const { count } of ranges) sum += count;
    }
  });
  return sum;
}

export async function stepsOf(work: () => Promise<unknown>): Promise<number> {
  const [steps = 0] = await stepsOfEach([work]);
  return steps;
}

/** The steps of each piece of work, one after the other. Reading V8's counts takes long, and sets them to zero. */
export async function stepsOfEach(works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  blocks();
  const steps: number[] = [];
  for (const work of works) steps.push(await stepsSinceLast(work));
  return steps;
}

async function stepsSinceLast(work: () => Promise<unknown>): Promise<number> {
  native = 0;
  const unwatch = watch();
  counting = true;
  try {
    await work();
  } finally {
    counting = false;
    unwatch();
  }
  return Math.round(blocks() + native);
}

/** Counts only our own code, without a promise. */
export function ownSteps(work: () => unknown): number {
  blocks();
  work();
  return blocks();
}

/** The same for each part of a piece of work. The caller must not run code of the project in between. */
export function* ownStepsOf(work: Iterator<unknown>): Generator<number, void, void> {
  blocks();
  for (let done = false; !done;) {
    done = work.next().done === true;
    yield blocks();
  }
}

/** Counts the characters that global patterns read: each from where it begins to what it finds, or to the end. */
export function readByPatterns(work: () => void): number {
  const original: unknown = Reflect.get(RegExp.prototype, 'exec');
  if (typeof original !== 'function') throw new TypeError('expected a function exec');
  let read = 0;
  const value = function (this: RegExp, text: string): unknown {
    const from = this.lastIndex;
    const match: unknown = Reflect.apply(original, this, [text]);
    if (this.global) read += (match === null ? text.length : this.lastIndex) - from;
    return match;
  };
  const define = (exec: unknown): boolean =>
    Reflect.defineProperty(RegExp.prototype, 'exec', { value: exec, configurable: true, writable: true });
  define(value);
  try {
    work();
  } finally {
    define(original);
  }
  return read;
}
