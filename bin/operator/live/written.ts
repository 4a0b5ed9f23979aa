/** Checks what the calls of the other checks left: log lines, and the metrics extracted from them. */
import { logLines } from '../logs.ts';
import { measure } from '../measured.ts';
import { awaited } from './awaited.ts';
import { either, failed, type LiveCheck, ok, skipped } from './check.ts';
import type { Live } from './live.ts';
import type { Patience } from './patience.ts';

export function writtenChecks({ linesMs, metricsMs, stepMs }: Patience): readonly LiveCheck[] {
  const lines = (live: Live, pattern: string): ReturnType<typeof logLines> =>
    logLines({
      region: live.stack.region,
      logGroupName: live.stack.outputs.logGroupName,
      pattern,
      since: live.startedAt,
      most: 100,
    });

  /** Makes a call to be logged, in case the other checks were left out. */
  const stir = async (live: Live): Promise<void> => void (await live.tools());

  return [
    {
      id: 'log-lines',
      slow: true,
      expected: "the proxy's lines arrive in the runtime's log group: its role may write there",
      run: async (live) => {
        await stir(live);
        const found = await awaited({ limitMs: linesMs, stepMs }, async () =>
          nonEmpty(await lines(live, '{ $.event = * || $.level = * || $._aws.Timestamp = * }')),
        );
        return found === undefined
          ? failed(`none in ${live.stack.outputs.logGroupName} within ${linesMs / 1000} s`)
          : ok(`${found.length} lines since the checks began`);
      },
    },
    {
      id: 'metrics-lines',
      slow: true,
      expected: 'embedded metrics arrive in the log group',
      run: async (live) => {
        const namespace = live.runtime.environment['METRICS_NAMESPACE'];
        if (namespace === undefined) return skipped('METRICS_NAMESPACE is not bound');
        await stir(live);
        const found = await awaited({ limitMs: linesMs, stepMs }, async () =>
          nonEmpty(await lines(live, '{ $._aws.Timestamp = * }')),
        );
        return found === undefined ? failed(`none within ${linesMs / 1000} s`) : ok(`${found.length} lines`);
      },
    },
    {
      id: 'metrics-counted',
      slow: true,
      expected: 'CloudWatch extracts metrics from them',
      run: async (live) => {
        await stir(live);
        const found = await awaited({ limitMs: metricsMs, stepMs }, async () => {
          const measured = await measure(live.stack, live.runtime);
          return measured === undefined || measured.calls > 0 ? { measured } : undefined;
        });
        if (found === undefined) return failed(`no calls counted within ${metricsMs / 1000} s`);
        return found.measured === undefined
          ? skipped('METRICS_NAMESPACE is not bound')
          : ok(`${found.measured.calls} calls, ${found.measured.coldStarts} cold starts in the last hour`);
      },
    },
    {
      id: 'role-suffices',
      slow: true,
      expected: 'the log has no line about a missing permission of the execution role',
      run: async (live) => {
        await stir(live);
        const denied = await lines(live, '?AccessDenied ?"not authorized" ?UnauthorizedOperation');
        return either(
          denied.length === 0,
          denied.length === 0
            ? 'no such line since the checks began'
            : `${denied.length} lines, the last: ${denied.at(-1)?.text.slice(0, 200) ?? ''}`,
        );
      },
    },
    {
      id: 'no-values-logged',
      slow: true,
      expected: 'no argument of a call is in the log',
      run: async (live) => {
        await live.call('verify_no_such_tool', { value: live.marker });
        // That a line is missing only counts once other lines of the same time have arrived.
        const written = await awaited({ limitMs: linesMs, stepMs }, async () =>
          nonEmpty(await lines(live, '{ $.event = "call" || $._aws.Timestamp = * }')),
        );
        if (written === undefined) return skipped(`no line of a call arrived within ${linesMs / 1000} s`);
        const found = await lines(live, `"${live.marker}"`);
        return either(
          found.length === 0,
          found.length === 0
            ? `the value of a call made just now is in none of its lines`
            : `${found.length} lines hold it`,
        );
      },
    },
  ];
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
