/** The cost of controls, each compared with the proxy without controls. */
import { contest, type Contender, type Contenders, type Score, type Shape } from '../contest.ts';
import { ratio, type Finding } from '../finding.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import { NEW_CUSTOMER, SAME_CUSTOMER, type Kind } from '../wire.ts';

export type ControlLoad =
  | 'set-a'
  | 'set-a-large'
  | 'set-a-ten'
  | 'policy'
  | 'reading'
  | 'reading-world'
  | 'reading-structured'
  | 'finding';

export interface Measured {
  /** A file of `bench/configs/`. */
  readonly config: string;
  readonly what: string;
  readonly customer?: string;
  /** Customers are hidden from the upstream. */
  readonly hides?: true;
  /** Customers are hidden from the client. */
  readonly conceals?: true;
  /** The maximum ratio of CPU to the proxy without controls. */
  readonly atMost?: number;
}

export interface Setting {
  readonly kind: Kind;
  readonly what: string;
  readonly measured: readonly Measured[];
  /** The difference is reported per KB of the reply. */
  readonly perKB?: true;
}

const SET_A = { config: 'set-a', hides: true } as const;
const sameCustomer = { ...SET_A, what: 'set A, the same customer in each call', customer: SAME_CUSTOMER };
const newCustomer = { ...SET_A, what: 'set A, a new customer in each call', customer: NEW_CUSTOMER };

export const SETTINGS: Record<ControlLoad, Setting> = {
  'set-a': { kind: 'customer', what: '300 B', measured: [{ ...newCustomer, atMost: 2 }, sameCustomer] },
  'set-a-large': {
    kind: 'customer-large',
    what: '100 KB without a token',
    measured: [{ ...newCustomer, atMost: 1.15 }, sameCustomer],
  },
  'set-a-ten': {
    kind: 'customer-ten',
    what: '100 KB with ten tokens',
    measured: [{ ...newCustomer, atMost: 2 }, sameCustomer],
  },
  policy: {
    kind: 'customer',
    what: '300 B',
    measured: [
      { config: 'policy-cedar', what: 'policies in Cedar, decisions remembered' },
      { config: 'policy-arguments', what: 'policies in Cedar that read arguments', atMost: 3.5 },
    ],
  },
  reading: {
    kind: 'customer-large',
    what: '100 KB with nothing to find',
    perKB: true,
    measured: [
      { config: 'hide-from-client', what: 'tokenization, hideFrom client' },
      { config: 'redaction', what: 'redaction' },
      { config: 'secrets', what: 'secrets' },
      { config: 'hidden-unicode', what: 'hidden Unicode' },
    ],
  },
  'reading-world': {
    kind: 'world',
    what: '100 KB, not ASCII',
    perKB: true,
    measured: [
      { config: 'hidden-unicode', what: 'hidden Unicode' },
      { config: 'hide-from-client', what: 'tokenization, hideFrom client' },
    ],
  },
  'reading-structured': {
    kind: 'structured',
    what: '100 KB of structured content',
    perKB: true,
    measured: [
      { config: 'output-schema', what: 'output schema' },
      { config: 'hide-from-client', what: 'tokenization, hideFrom client' },
    ],
  },
  finding: {
    kind: 'customer-ten',
    what: '100 KB with ten addresses',
    perKB: true,
    measured: [
      { config: 'hide-from-client', what: 'tokenization, hideFrom client', conceals: true },
      { config: 'redaction', what: 'redaction', conceals: true },
    ],
  },
};

export const isControlLoad = (row: string): row is ControlLoad => Object.hasOwn(SETTINGS, row);

export function controlShape(row: ControlLoad, quick: boolean): Shape {
  const { kind } = SETTINGS[row];
  const calls = row === 'set-a' || row === 'policy' ? 3000 : row.startsWith('set-a') ? 1500 : 400;
  return { kind, era: 'modern', connections: 32, calls, warmUp: calls * 4, sets: quick ? 2 : 4, rounds: quick ? 6 : 8 };
}

export function controlled(row: ControlLoad, programs: Programs): Contenders<string> {
  const contenders: Record<string, Contender> = {
    pipe: { program: programs.pipe },
    'no control': { program: programs.proxy('no-control') },
  };
  for (const measured of SETTINGS[row].measured) contenders[measured.what] = withControl(measured, programs);
  return contenders;
}

export function withControl(
  { config, customer = SAME_CUSTOMER, hides, conceals }: Measured,
  { proxy, selfCheck }: Programs,
): Contender {
  return {
    program: { ...proxy(config), env: BINDINGS },
    customer,
    ...(hides === undefined || selfCheck ? {} : { hides: DOMAIN }),
    ...(conceals === undefined || selfCheck ? {} : { conceals: SAME_CUSTOMER }),
  };
}

const DOMAIN = SAME_CUSTOMER.slice(SAME_CUSTOMER.indexOf('@'));
/** The values of the configs' bindings. */
export const BINDINGS = {
  BENCH_KEYRING: 'env:BENCH_KEYS',
  BENCH_KEYS: JSON.stringify({ current: 'k1', keys: { k1: 'bench-'.repeat(8) } }),
};

export async function controls(row: ControlLoad, programs: Programs, quick: boolean): Promise<Finding[]> {
  const scores = await contest(controlled(row, programs), controlShape(row, quick));
  const { what: load, measured, perKB } = SETTINGS[row];
  const { pipe, 'no control': none } = scores;
  if (pipe === undefined || none === undefined)
    throw new Error('expected the pipe and the proxy without controls among the contenders');
  return measured.flatMap(({ what, atMost }): Finding[] => {
    const score = scores[what];
    if (score === undefined) return [];
    const detail = `${cpu(score)}, no control ${cpu(none)}, pipe ${cpu(pipe)}`;
    if (perKB === undefined)
      return [
        ratio(
          row,
          `CPU per call, ${what}: ${load}`,
          pairwise(score.cpu, none.cpu, (a, b) => a / b),
          detail,
          atMost === undefined ? undefined : { atMost },
        ),
      ];
    const { median: value, min, max } = pairwise(score.cpu, none.cpu, (a, b) => (a - b) / 100);
    return [{ row, what: `CPU per KB of reply, ${what}: ${load}`, value, min, max, unit: 'µs', detail }];
  });
}

const cpu = (score: Score): string => `${median(score.cpu).toFixed(1)} µs`;
