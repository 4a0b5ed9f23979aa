/** The options of `enrichment`, and what may be wrong with them. */
import type { JsonValue } from '../../json/value.ts';
import { globOf } from '../shared/glob.ts';

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
   * Puts its results between two marks that carry a random code, new for each call, and says so in its description: a
   * model can tell what is data. Its `outputSchema` and structured content are then left out, their JSON stands between
   * the marks; so is all else that has no place there. Not for the gateway's search, which is a list.
   * @default false
   */
  readonly delimit?: boolean;
}

export interface EnrichmentOptions {
  /**
   * By the name that the upstream gives a tool; `*` stands for any characters. Where several fit, later ones win.
   * @default - none
   */
  readonly tools?: Readonly<Record<string, ToolChanges>>;
  /** Tools that the client doesn't see and can't call, by the names that the upstream gives them. @default - none */
  readonly hide?: readonly string[];
  /**
   * Tools that get a prefix, by the prefix: `{ 'crm_': ['customer_*', 'order_*'] }`. One with a `name` keeps to that.
   * @default - none
   */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

/** The changes to one tool, all that fit together. Undefined: none. */
export function changesTo(name: string, { tools = {} }: EnrichmentOptions): ToolChanges | undefined {
  const fitting = Object.entries(tools)
    .filter(([glob]) => globOf(glob)(name))
    .map(([, changes]) => changes);
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
export function namedIn({
  tools = {},
  hide = [],
  groups = {},
}: EnrichmentOptions): { readonly where: string; readonly name: string }[] {
  const lists = [
    ['hide', hide],
    ...Object.entries(groups).map(([prefix, names]) => [`groups.${prefix}`, names] as const),
    ['tools', Object.keys(tools)],
  ] as const;
  return lists.flatMap(([where, names]) => names.map((name) => ({ where, name })));
}

/** Every argument's source, of all tools. */
export function sourcesOf({ tools = {} }: EnrichmentOptions): FixedArgument[] {
  return Object.values(tools).flatMap((changes) => Object.values(changes.arguments ?? {}));
}

/** Every argument that the client doesn't choose, by the tool's name or pattern. */
export function fixedIn({ tools = {} }: EnrichmentOptions): (readonly [tool: string, name: string])[] {
  return Object.entries(tools).flatMap(([tool, changes]) =>
    Object.keys(changes.arguments ?? {}).map((name) => [tool, name] as const),
  );
}
