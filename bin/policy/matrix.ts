/** `policy matrix`: shows who may call which tool. */
import { namesOn, listOf } from '../../proxy/controls/access-policy/lists.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { JsonValue } from '../../proxy/json/value.ts';
import { listTools } from '../list-tools.ts';
import { OptionError } from '../option-error.ts';
import { aligned, readCallers, readJson } from './input.ts';
import type { Policy } from './policy-of.ts';

interface Sources {
  readonly callers?: string | undefined;
  readonly upstream?: string | undefined;
  readonly tools?: string | undefined;
}

export async function matrix(
  { engine, upstreams }: Policy,
  { callers: file, upstream, tools }: Sources,
  print: (line: string) => void,
): Promise<number> {
  if (file === undefined) throw new OptionError(['matrix: expected --callers FILE, got none']);
  if ((upstream === undefined) === (tools === undefined))
    throw new OptionError(['matrix: expected either --upstream URL or --tools FILE']);
  const callers = await readCallers(file);
  const names =
    upstream !== undefined ? await liveTools(upstream) : savedTools(await readJson(tools ?? ''), tools ?? '');
  const rows = names.map((name) => [
    name,
    ...[...callers.values()].map((caller) => {
      const tool = { type: 'Tool', name } as const;
      const verdicts = upstreams
        .of(tool)
        .map((upstream) => engine.decide({ caller, upstream: { name: upstream } }, 'tools/call', tool).verdict);
      const [verdict = 'deny'] = verdicts;
      if (verdicts.some((other) => other !== verdict)) return 'by upstream';
      return verdict === 'undecidable' ? 'by arguments' : verdict;
    }),
  ]);
  for (const line of aligned([['', ...callers.keys()], ...rows])) print(line);
  for (const { policy, type, name, matches } of engine.named()) {
    if (type === 'Tool' && !names.some(matches))
      console.error(`warning: ${policy} names the tool ${name}, which the list doesn't have`);
  }
  return 0;
}

async function liveTools(url: string): Promise<readonly string[]> {
  const { names, text } = await listTools(url);
  if (names === undefined) throw new OptionError([`matrix: the tools of ${url} are ${text}`]);
  return names;
}

/** Reads a result of tools/list, the whole message, or only the list. */
function savedTools(saved: JsonValue, file: string): readonly string[] {
  const result = isObject(saved) && isObject(saved['result']) ? saved['result'] : saved;
  const list = listOf('tools/list');
  const names = list === undefined ? [] : namesOn(isObject(result) ? result : { tools: result }, list);
  if (names.length === 0) throw new OptionError([`${file}: expected a result of tools/list with at least one tool`]);
  return names;
}
