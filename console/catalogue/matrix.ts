/** Who may use what: what each caller is shown, and what the access policy decides. */
import { type Policy, policyIn } from '../../bin/policy/policy-of.ts';
import type { Fault } from '../../bin/tools/live.ts';
import type { Environment } from '../../proxy/base/environment.ts';
import { type Caller, callerOf } from '../../proxy/call/caller.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import type { ResourceRef } from '../../proxy/controls/shared/decide.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import type { ChosenCallers } from '../try/chosen-callers.ts';
import { readCatalogue } from './catalogue.ts';
import type { Catalogue, Cell, Kind, Matrix, MatrixNote, MatrixRow } from './catalogued.ts';
import { notesOf } from './drift.ts';
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
  const faults: Fault[] = [];
  const offered = await offeredBy(config, environment, (fault) => faults.push(fault)).catch(
    failed('the upstreams, without controls'),
  );
  notes.push(...notesOf(faults));
  const shown: (Catalogue | undefined)[] = [];
  for (const [name, claims] of callers)
    shown.push(await readCatalogue(url, chosen.issue(claims)).catch(failed(`the lists of ${name}`)));
  const rows = KINDS.flatMap((kind): MatrixRow[] => {
    const lists = shown.map((each) => each && new Set(namesIn(each, kind)));
    // Found by a search, tools are on no list.
    const isSearched = kind === 'tools' && (config.search ?? false) !== false;
    const own = kind === 'resources' ? [] : [...(offered?.live[kind].keys() ?? [])];
    const faulty = faults.flatMap((fault) => (fault.kind === kind && fault.name !== undefined ? fault.name : []));
    const names = [...new Set([...own, ...faulty, ...lists.flatMap((list) => [...(list ?? [])])])];
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

/** Also those that clients may refuse, since the caller gets them. */
function namesIn(catalogue: Catalogue, kind: Kind): string[] {
  const key = kind === 'resources' ? 'uri' : 'name';
  const valid = catalogue[kind].map((entry) => entry[key]);
  const invalid = catalogue.invalid.map((entry) => (entry.kind === kind ? entry.name : undefined));
  return [...valid, ...invalid].filter((name) => typeof name === 'string');
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
