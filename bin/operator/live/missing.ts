/** Why a list lacks an upstream: the client gets only its name, the log has the reason. */
import { printable } from '../../../proxy/base/printable.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import { logLines } from '../logs.ts';
import { textAt } from '../members.ts';
import { awaited } from './awaited.ts';
import type { Live } from './live.ts';
import type { Patience } from './patience.ts';

/** One reason for each upstream, as far as the log has it in time. */
export function reasonsOf(
  { stack, startedAt }: Live,
  missing: readonly string[],
  { linesMs, stepMs }: Patience,
): Promise<ReadonlyMap<string, string> | undefined> {
  const question = {
    region: stack.region,
    logGroupName: stack.outputs.logGroupName,
    pattern: '{ $.event = "upstream-missing" || $.event = "upstream-down" }',
    since: startedAt,
    most: 100,
  };
  let last: ReadonlyMap<string, string> | undefined;
  return awaited({ limitMs: linesMs, stepMs }, async () => {
    last = new Map((await logLines(question)).flatMap(({ text }) => reasonIn(text)));
    return missing.every((name) => last?.has(name) === true) ? last : undefined;
  }).then((all) => all ?? last);
}

function reasonIn(text: string): readonly (readonly [upstream: string, reason: string])[] {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return [];
  }
  const [upstream, message] = [textAt(line, 'upstream'), textAt(line, 'message')];
  if (upstream === undefined || message === undefined) return [];
  const error = isObject(line) ? line['error'] : undefined;
  const reason = textAt(line, 'why') ?? textAt(error, 'message') ?? message;
  return [[upstream, printable(reason)]];
}
