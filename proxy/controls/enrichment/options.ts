/** The options of `enrichment`, and what may be wrong with them. */
import type { JsonValue } from '../../json/lossless.ts';
import { globOf } from '../shared/glob.ts';
import { memberFaults, optionsOf } from '../shared/members.ts';
import { Names } from './names.ts';

/** Where an argument's value comes from. The client neither sees the argument nor may send it. */
export type FixedArgument =
  | { readonly value: JsonValue }
  /** A claim of the caller, as it is. A caller without it can't call the tool. */
  | { readonly claim: string }
  /** An environment variable, and what it is for: its text. */
  | { readonly binding: string; readonly for: string };

/** What becomes of a tool. */
export interface ToolChanges {
  /** Another name, the only one by which the client knows it. For one tool, not for a pattern. @default - its own */
  readonly name?: string;
  /** Another title. @default - its own */
  readonly title?: string;
  /** Another description, or what makes it from the upstream's. @default - its own */
  readonly description?: string | ((description: string) => string);
  /** Arguments that the client doesn't choose, by name. @default - none */
  readonly arguments?: Readonly<Record<string, FixedArgument>>;
  /** Annotations (`readOnlyHint` and the like) besides, or in place of, its own. @default - its own */
  readonly annotations?: Readonly<Record<string, JsonValue>>;
  /** Members of its `_meta` besides, or in place of, its own. @default - its own */
  readonly meta?: Readonly<Record<string, JsonValue>>;
  /**
   * Puts its results between two marks that carry a random code, new for each call, and says so in its description: a model can
   * tell what is data. Its `outputSchema` and structured content are then left out, their JSON stands between the marks; so is all else
   * that has no place there. Not for the gateway's search, which is a list.
   * @default false
   */
  readonly delimit?: boolean;
}

export interface EnrichmentOptions {
  /** By the name that the upstream gives a tool; `*` stands for any characters. Where several fit, later ones win. @default - none */
  readonly tools?: Readonly<Record<string, ToolChanges>>;
  /** Tools that the client doesn't see and can't call, by the names that the upstream gives them. @default - none */
  readonly hide?: readonly string[];
  /** Tools that get a prefix, by the prefix: `{ 'crm_': ['customer_*', 'order_*'] }`. One with a `name` keeps to that. @default - none */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

const KNOWN = ['tools', 'hide', 'groups'];
const CHANGES = ['name', 'title', 'description', 'arguments', 'annotations', 'meta', 'delimit'];
/** What MCP lets a tool be called (2025-11-25, tools, tool names). */
const NAME = /^[\w./-]{1,128}$/;
const PREFIX = /^[\w./-]{1,64}$/;

type Given = Readonly<Record<string, unknown>>;

/** All that is wrong, in words. A config may come from a file without types. Throws `TypeError` where there are none. */
export function faultsOf(options: EnrichmentOptions): string[] {
  const given = optionsOf(options, 'enrichment', '{ tools: { … } } or the like');
  const faults = memberFaults(given, KNOWN);
  if (faults.length > 0) return faults;
  const { tools = {}, hide = [], groups = {} } = given;
  if (!areNames(hide)) faults.push('hide: expected a list of names');
  for (const [prefix, names] of entriesOf(groups, 'groups', faults)) {
    if (!PREFIX.test(prefix)) faults.push(`groups: expected a prefix of letters, digits, _, -, . and /, got ${JSON.stringify(prefix)}`);
    if (!areNames(names)) faults.push(`groups.${prefix}: expected a list of names`);
  }
  for (const [tool, changes] of entriesOf(tools, 'tools', faults)) changeFaults(`tools.${tool}`, tool, changes, faults);
  return faults.length > 0 ? faults : collisions(options);
}

function entriesOf(value: unknown, where: string, faults: string[]): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  faults.push(`${where}: expected an object`);
  return [];
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function changeFaults(where: string, tool: string, changes: unknown, faults: string[]): void {
  const given: Given = Object.fromEntries(entriesOf(changes, where, faults));
  const wrong = memberFaults(given, CHANGES, where);
  if (wrong.length > 0) {
    faults.push(...wrong);
    return;
  }
  const { name, title, description, delimit } = given;
  if (name !== undefined && (typeof name !== 'string' || !NAME.test(name))) faults.push(`${where}.name: expected up to 128 letters, digits, _, -, . and /, got ${JSON.stringify(name)}`);
  if (name !== undefined && tool.includes('*')) faults.push(`${where}.name: several tools can't have one name`);
  if (title !== undefined && typeof title !== 'string') faults.push(`${where}.title: expected a text`);
  if (description !== undefined && typeof description !== 'string' && typeof description !== 'function') faults.push(`${where}.description: expected a text, or a function that makes one`);
  if (delimit !== undefined && typeof delimit !== 'boolean') faults.push(`${where}.delimit: expected true or false`);
  for (const member of ['annotations', 'meta'] as const) if (given[member] !== undefined) entriesOf(given[member], `${where}.${member}`, faults);
  if (given['arguments'] === undefined) return;
  for (const [argument, source] of entriesOf(given['arguments'], `${where}.arguments`, faults)) {
    const from: Given = Object.fromEntries(entriesOf(source, `${where}.arguments.${argument}`, faults));
    if (!isSource(from)) faults.push(`${where}.arguments.${argument}: expected { value }, { claim } or { binding, for }`);
  }
}

function isSource(from: Given): boolean {
  const isText = (member: string): boolean => typeof from[member] === 'string' && from[member] !== '';
  switch (Object.keys(from).toSorted().join()) {
    case 'value':
      return from['value'] !== undefined;
    case 'claim':
      return isText('claim');
    case 'binding,for':
      return isText('binding') && isText('for');
    default:
      return false;
  }
}

/** Two tools that would have one name, as far as the config knows them. */
function collisions(options: EnrichmentOptions): string[] {
  const names = new Names(options);
  return Object.keys(options.tools ?? {}).flatMap((tool) => {
    const shown = tool.includes('*') ? undefined : names.shownAs(tool);
    const other = shown === undefined ? tool : names.upstreamOf(shown);
    return shown === undefined || other === tool ? [] : [`tools.${tool}: it would be shown as ${shown}, as is ${other ?? 'another'}`];
  });
}

/** The changes to one tool, all that fit together. Undefined: none. */
export function changesTo(name: string, { tools = {} }: EnrichmentOptions): ToolChanges | undefined {
  const fitting = Object.entries(tools).filter(([glob]) => globOf(glob)(name)).map(([, changes]) => changes);
  const [first, ...more] = fitting;
  return more.reduce<ToolChanges | undefined>(merged, first);
}

function merged(one: ToolChanges | undefined, other: ToolChanges): ToolChanges {
  return {
    ...one,
    ...other,
    arguments: { ...one?.arguments, ...other.arguments },
    annotations: { ...one?.annotations, ...other.annotations },
    meta: { ...one?.meta, ...other.meta },
  };
}

/** Every tool that the config names, by name or pattern, and where. */
export function namedIn({ tools = {}, hide = [], groups = {} }: EnrichmentOptions): { readonly where: string; readonly name: string }[] {
  const lists = [['hide', hide], ...Object.entries(groups).map(([prefix, names]) => [`groups.${prefix}`, names] as const), ['tools', Object.keys(tools)]] as const;
  return lists.flatMap(([where, names]) => names.map((name) => ({ where, name })));
}

/** Every argument's source, of all tools. */
export function sourcesOf({ tools = {} }: EnrichmentOptions): FixedArgument[] {
  return Object.values(tools).flatMap((changes) => Object.values(changes.arguments ?? {}));
}

/** Every argument that the client doesn't choose, by the tool's name or pattern. */
export function fixedIn({ tools = {} }: EnrichmentOptions): (readonly [tool: string, name: string])[] {
  return Object.entries(tools).flatMap(([tool, changes]) => Object.keys(changes.arguments ?? {}).map((name) => [tool, name] as const));
}
