/** Who may use what: what each caller is shown, and what the access policy decides. */
import { type Policy, policyIn } from '../../bin/policy/policy-of.ts';
import type { Environment } from '../../proxy/base/environment.ts';
import { type Caller, callerOf } from '../../proxy/call/caller.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import type { ResourceRef } from '../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { ChosenCallers } from '../try/chosen-callers.ts';
import { readCatalogue } from './catalogue.ts';
import type { Catalogue, Cell, Kind, Matrix, MatrixNote, MatrixRow } from './catalogued.ts';
import { offeredBy } from './offered.ts';

export interface Asked {
  readonly url: string;
  readonly config: ProxyConfig;
  readonly environment: Environment;
  readonly chosen: ChosenCallers;
  /** Claims by name. Undefined claims: as the config's source reads them. */
  readonly callers: ReadonlyMap<string, JsonObject | undefined>;
}

const KINDS = ['tools', 'prompts', 'resources'] as const satisfies readonly Kind[];

export async function matrixOf({ url, config, environment, chosen, callers }: Asked): Promise<Matrix> {
  const notes: MatrixNote[] = [];
  const failed = (what: string) => (error: unknown) => {
    notes.push({ what, why: error instanceof Error ? error.message : String(error) });
    return undefined;
  };
  const policy = (await policyIn(config).catch(failed('the access policy')))?.policy;
  const offered = await offeredBy(config, environment).catch(failed('the upstreams, without controls'));
  const shown: (Catalogue | undefined)[] = [];
  for (const [name, claims] of callers)
    shown.push(await readCatalogue(url, chosen.issue(claims)).catch(failed(`the lists of ${name}`)));
  const rows = KINDS.flatMap((kind): MatrixRow[] => {
    const lists = shown.map((each) => each && new Set(each[kind].map((entry) => keyOf(kind, entry))));
    // Found by a search, tools are on no list.
    const isSearched = kind === 'tools' && (config.search ?? false) !== false;
    const own = kind === 'resources' ? [] : [...(offered?.live[kind].keys() ?? [])];
    const names = [...new Set([...own, ...lists.flatMap((list) => [...(list ?? [])])])];
    return names.map((name) => ({
      kind,
      name,
      cells: [...callers.values()].map((claims, i) =>
        cellOf(
          policy,
          claims,
          resourceOf(kind, name),
          lists[i]?.has(name) || (isSearched ? undefined : lists[i] && false),
        ),
      ),
    }));
  });
  return { callers: [...callers.keys()], hasPolicy: policy !== undefined, rows, notes };
}

function keyOf(kind: Kind, entry: JsonObject): string {
  const key = kind === 'resources' ? entry['uri'] : entry['name'];
  return typeof key === 'string' ? key : '?';
}

function resourceOf(kind: (typeof KINDS)[number], name: string): ResourceRef {
  if (kind === 'resources') return { type: 'Resource', uri: name };
  return { type: kind === 'tools' ? 'Tool' : 'Prompt', name };
}

const ACTIONS = { Tool: 'tools/call', Prompt: 'prompts/get', Resource: 'resources/read', Upstream: '' } as const;

function cellOf(
  policy: Policy | undefined,
  claims: JsonObject | undefined,
  resource: ResourceRef,
  isShown: boolean | undefined,
): Cell {
  if (policy === undefined || claims === undefined) return { isShown, rules: [] };
  const caller: Caller = callerOf(claims);
  const { verdict, policies } = policy.upstreams.decide(resource, (upstream) =>
    policy.engine.decide({ caller, upstream: { name: upstream } }, ACTIONS[resource.type], resource),
  );
  return { isShown, verdict, rules: policies };
}
