/** The options of `enrichment`. */
import type { JsonValue } from '../../json/value.ts';
import { globOf } from '../shared/glob.ts';

/** The source of an argument's value. The client does not see the argument and must not send it. */
export type FixedArgument =
  | { readonly value: JsonValue }
  /** A claim of the caller, unchanged. A caller without it can't call the tool. */
  | { readonly claim: string }
  /** An environment variable and its purpose; the value is its text. */
  | { readonly binding: string; readonly for: string };

/** The changes to one tool. */
export interface ToolChanges {
  /** The name that the client sees instead of the upstream's. For one tool, not for a pattern. @default - its own */
  readonly name?: string;
  readonly title?: string;
  /** Another description, or a function of the upstream's. @default - its own */
  readonly description?: string | ((description: string) => string);
  /** Arguments that the proxy sets, by name. @default - none */
  readonly arguments?: Readonly<Record<string, FixedArgument>>;
  /** Annotations (`readOnlyHint` and the like) that are added or replaced. @default - its own */
  readonly annotations?: Readonly<Record<string, JsonValue>>;
  /** Members of `_meta` that are added or replaced. @default - its own */
  readonly meta?: Readonly<Record<string, JsonValue>>;
  /**
   * Puts the tool's results between two marks with a random code, new for each call, and explains them in the
   * description, so that a model can recognize data. `outputSchema` and structured content are left out; their JSON is
   * between the marks. Everything else that can't be put there is left out, too. Not for the gateway's search, which
   * returns a list of tools.
   * @default false
   */
  readonly delimit?: boolean;
}

export interface EnrichmentOptions {
  /**
   * By the upstream's name of a tool; `*` stands for any characters. If several match, later ones win.
   * @default - none
   */
  readonly tools?: Readonly<Record<string, ToolChanges>>;
  /** Tools that the client can't see or call, by the upstream's names. @default - none */
  readonly hide?: readonly string[];
  /**
   * Tools that get a prefix, by prefix: `{ 'crm_': ['customer_*', 'order_*'] }`. A tool with a `name` keeps that name.
   * @default - none
   */
  readonly groups?: Readonly<Record<string, readonly string[]>>;
}

/** Merges all matching changes to one tool. Undefined if there are none. */
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

/** Every tool that the config names, by name or pattern, with its path in the config. */
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

/** The sources of all arguments of all tools. */
export function sourcesOf({ tools = {} }: EnrichmentOptions): FixedArgument[] {
  return Object.values(tools).flatMap((changes) => Object.values(changes.arguments ?? {}));
}

/** Every argument that the proxy sets, by the tool's name or pattern. */
export function fixedIn({ tools = {} }: EnrichmentOptions): (readonly [tool: string, name: string])[] {
  return Object.entries(tools).flatMap(([tool, changes]) =>
    Object.keys(changes.arguments ?? {}).map((name) => [tool, name] as const),
  );
}
