/** `npm run explain`: says what happened to a call, why, and what would have to change. */
import './log-on-stderr.ts';
import { parseArgs } from 'node:util';
import type { Explanation } from './explain-call/explanation.ts';
import { shown } from './explain-call/show.ts';
import { explain } from './explain.ts';
import { OptionError } from './option-error.ts';
import { typed } from './typed.ts';

const USAGE = `usage: ${typed('explain')} --id ID --log FILE [--json]
       ${typed('explain')} CALL [--config FILE] [--caller NAME|JSON] [--callers FILE] [--tools FILE | --upstream [NAME=]URL…] [--values] [--json]

  --id        the id that the client got (errorId), or a trace id
  --log       the proxy's log: lines of JSON, plain or gzip, also as CloudWatch, a log driver or a query exports them; - is standard input

  CALL        a file with the call: a JSON-RPC request, { "headers": {…}, "body": {…}, "caller": {…} }, a curl command, or a call of a
              record (${typed('start')} --record); - is standard input
  --call      the number of the call, if CALL is a whole record
  --config    the proxy.config.ts that decides (default: the project's)
  --caller    whose call it is: claims, such as '{"sub":"ann","groups":["analysts"]}', or a name in the file of --callers
  --callers   claims by name: { "ann": { "sub": "ann" } }
  --tools     a saved tools/list of the upstream, or a lock: what controls know of its tools (npm run -s agent -- --list --json)
  --upstream  an upstream that is asked, and called if all controls let the call pass; without it, none is
  --auth      how to authenticate there
  --values    shows values, and not only where they changed
  --json      one document on standard output

docs/explain.md has more.

exit codes: 0 allowed (of --id: found, and not refused), 1 refused, 2 wrong options, nothing found, or not decided`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(explain(error, USAGE));
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      id: text,
      log: text,
      call: text,
      config: text,
      caller: text,
      callers: text,
      tools: text,
      upstream: { ...text, multiple: true },
      auth: { ...text, multiple: true },
      values: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const [file, ...more] = positionals;
  const isLog = values.id !== undefined || values.log !== undefined;
  if (more.length > 0 || isLog === (file !== undefined))
    throw new OptionError([`expected either CALL, or --id ID and --log FILE\n\n${USAGE}`]);
  if (!isLog) {
    const { explainCall } = await import('./explain-call/play/explain-call.ts');
    return told([await explainCall(file ?? '', values)], values);
  }
  const { id, log } = values;
  if (id === undefined || log === undefined || id.trim().length < 8)
    throw new OptionError(['expected --id ID, as the client got it (errorId), and --log FILE']);
  const [{ findIn }, { explainLines }] = await Promise.all([
    import('./explain-call/log/find.ts'),
    import('./explain-call/log/explain-log.ts'),
  ]);
  const found = await findIn(log, id.trim());
  if (found.calls.length === 0)
    throw new OptionError([
      `--id: expected an id that a line of ${log} has, found none: is it the log of that proxy and time, from all of its processes?`,
    ]);
  return told(
    found.calls.map((call) => explainLines(call, found)),
    values,
  );
}

function told(
  explanations: readonly Explanation[],
  options: { readonly json: boolean; readonly values: boolean },
): number {
  if (options.json) console.log(JSON.stringify(explanations.length === 1 ? explanations[0] : explanations, null, 2));
  else explanations.forEach((one, i) => console.log([...(i === 0 ? [] : ['']), ...shown(one, options)].join('\n')));
  if (explanations.some(({ verdict }) => verdict === 'refused')) return 1;
  return explanations.some(({ verdict }) => verdict === 'undecided') ? 2 : 0;
}
