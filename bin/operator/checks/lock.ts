/**
 * Checks whether the lock of a deployment's config agrees with what the upstreams offer now, as `npm run tools -- diff`
 * does. Reads only upstreams that answer.
 */
import { isObject } from '../../../proxy/json/lossless.ts';
import { failed, ok, type Result, skipped } from '../finding.ts';
import { type RuntimeUpstream, upstreamsIn } from '../upstreams.ts';
import { inChild } from './in-child.ts';
import { OF_ALL, type UpstreamQuestion } from './upstream.ts';

/** The child process's message. */
export type Compared =
  | { readonly hasLock: false }
  | { readonly hasLock: true; readonly changes: readonly Changed[] }
  /** The config or the upstreams can't be read. */
  | { readonly message: string };

export interface Changed {
  /** Undefined: the instructions, which are one text of all upstreams. */
  readonly upstream: string | undefined;
  /** The change, and its dangers. */
  readonly lines: readonly string[];
}

type Named = readonly [check: string, Result];

/** Lines that one finding shows. */
const SHOWN = 30;
const NONE = skipped(
  'the config has no lock of its upstreams',
  'to notice changed tools, write a lock: docs/control-tool-lock.md',
);

/** Whether the config has a lock. */
export async function hasLock(question: UpstreamQuestion): Promise<boolean> {
  const compared = await ask(question, []);
  return !('hasLock' in compared) || compared.hasLock;
}

/**
 * The check of each upstream: `lock`, or with several `lock NAME`, and `lock` for their instructions.
 * @param found what the check of each upstream found, in the same order
 */
export async function locks(question: UpstreamQuestion, found: readonly Named[]): Promise<readonly Named[]> {
  const all = upstreamsIn(question.environment);
  const read = all.filter((_, i) => found[i]?.[1].state === 'ok');
  const compared = await ask(question, read);
  if ('message' in compared)
    return [['lock', failed(`it can't be compared: ${compared.message}`, 'fix the config, its lock or the upstream')]];
  if (!compared.hasLock) return [['lock', NONE]];
  const { changes } = compared;
  const [only] = all;
  if (all.length === 1) return [['lock', only === read[0] ? resultOf(changes) : UNREAD]];
  return [
    ...all.map((upstream): Named => {
      const name = upstream.name ?? 'default';
      const own = changes.filter((change) => change.upstream === name);
      return [`lock ${name}`, read.includes(upstream) ? resultOf(own) : UNREAD];
    }),
    [
      'lock',
      read.length === all.length
        ? instructionsOf(changes)
        : skipped('the instructions of all upstreams are one text, and one of them was not read'),
    ],
  ];
}

const UNREAD = skipped('not compared, since its tools could not be listed');
const ADVICE = 'review what changed, and write the lock again: npm run tools -- lock';

function resultOf(changes: readonly Changed[]): Result {
  if (changes.length === 0) return ok('it agrees with what is offered now');
  const lines = changes.flatMap((change) => change.lines);
  const more = lines.length > SHOWN ? [`and ${lines.length - SHOWN} lines more: npm run tools -- diff`] : [];
  return failed(['what is offered now differs from it:', ...lines.slice(0, SHOWN), ...more].join('\n'), ADVICE);
}

function instructionsOf(changes: readonly Changed[]): Result {
  const own = changes.filter(({ upstream }) => upstream === undefined);
  return own.length === 0 ? ok('it agrees with the instructions') : resultOf(own);
}

async function ask({ environment, config }: UpstreamQuestion, read: readonly RuntimeUpstream[]): Promise<Compared> {
  const variables = new Set(read.flatMap((upstream) => upstream.variables));
  const bindings = Object.fromEntries(
    Object.entries(environment).filter(([name]) => variables.has(name) || OF_ALL.includes(name)),
  );
  const names = read.map(({ name = 'default' }) => name);
  const { message, silent } = await inChild('probe-lock', [config ?? '', ...names], bindings);
  return parseCompared(message) ?? { message: silent };
}

function parseCompared(message: unknown): Compared | undefined {
  if (!isObject(message)) return undefined;
  const { hasLock: has, changes, message: words } = message;
  if (typeof words === 'string') return { message: words };
  if (has === false) return { hasLock: false };
  if (has !== true || !Array.isArray(changes)) return undefined;
  const read = (changes as readonly unknown[]).map(parseChanged);
  return read.includes(undefined)
    ? undefined
    : { hasLock: true, changes: read.filter((change) => change !== undefined) };
}

function parseChanged(change: unknown): Changed | undefined {
  if (!isObject(change) || !Array.isArray(change['lines'])) return undefined;
  const { upstream } = change;
  const lines = (change['lines'] as readonly unknown[]).map(String);
  return { upstream: typeof upstream === 'string' ? upstream : undefined, lines };
}
