/** What is known of the upstreams' lists without asking them: a saved list, or the lock of the config. */
import { Naming } from '../../../proxy/aggregate/naming.ts';
import { type ProxyConfig, type Settings, settingsOf } from '../../../proxy/config/config.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import { OptionError } from '../../option-error.ts';
import { readJson } from '../../policy/input.ts';
import type { Lists } from './stand-in.ts';

type Known = (upstream: string) => Lists | undefined;

const KINDS = { tools: 'tools/list', prompts: 'prompts/list', resourceTemplates: 'resources/templates/list' } as const;

/** @param file a list of tools, the answer to `tools/list`, or a lock. @returns undefined if nothing is known */
export async function knownLists(config: ProxyConfig, file: string | undefined): Promise<Known | undefined> {
  const { controls } = settingsOf(config, []);
  if (file !== undefined) return inFile(config, await readJson(file), file);
  const lock = controls.find(({ builtIn }) => builtIn?.pins !== undefined)?.builtIn?.pins?.lock;
  return isObject(lock) ? ofLock(lock) : undefined;
}

/** Names of the things of a method, as clients see them. Undefined: they are not known. */
export function namesIn(
  { upstreams, separator }: Settings,
  known: Known | undefined,
  method: string,
): readonly string[] | undefined {
  const kind = method === 'tools/call' ? 'tools/list' : 'prompts/list';
  const lists = upstreams.map(({ name, prefix }) => ({ prefix, list: known?.(name)?.[kind] }));
  if (lists.some(({ list }) => list === undefined)) return undefined;
  return lists.flatMap(({ prefix, list = [] }) =>
    list.flatMap(({ name }) => (typeof name === 'string' ? [new Naming(prefix, separator).shown(name)] : [])),
  );
}

function inFile(config: ProxyConfig, value: JsonValue, file: string): Known {
  if (isObject(value) && isObject(value['upstreams']) && Array.isArray(value['tools'])) return ofLock(value);
  const inside = isObject(value) && isObject(value['result']) ? value['result'] : value;
  const tools = Array.isArray(inside) ? inside : isObject(inside) ? inside['tools'] : undefined;
  if (!Array.isArray(tools))
    throw new OptionError([
      `--tools: expected a list of tools, the answer to tools/list, or a lock; ${file} is none of them`,
    ]);
  const { upstreams, separator } = settingsOf(config, []);
  return (name) => {
    const prefix = upstreams.find((one) => one.name === name)?.prefix ?? '';
    const own = prefix === '' ? '' : prefix + separator;
    const entries = (tools as readonly JsonValue[]).filter((tool) => isObject(tool));
    return {
      'tools/list': entries.flatMap((tool) => {
        const { name: of } = tool;
        return typeof of === 'string' && of.startsWith(own) ? [{ ...tool, name: of.slice(own.length) }] : [];
      }),
    };
  };
}

function ofLock(lock: JsonObject): Known {
  return (upstream) =>
    Object.fromEntries(
      Object.entries(KINDS).map(([kind, method]) => {
        const entries: JsonValue | undefined = lock[kind];
        const own = Array.isArray(entries) ? (entries as readonly JsonValue[]) : [];
        return [
          method,
          own.flatMap((one) => {
            if (!isObject(one) || one['upstream'] !== upstream || !isObject(one['entry'])) return [];
            const { upstreamName } = one;
            return typeof upstreamName === 'string' ? [{ ...one['entry'], name: upstreamName }] : [one['entry']];
          }),
        ];
      }),
    );
}
