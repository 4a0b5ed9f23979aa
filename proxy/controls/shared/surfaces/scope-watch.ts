/**
 * Reports scopes of a config that match nothing: often a name has a typo, and data that should be hidden passes in the
 * clear.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { log } from '../../../base/log.ts';
import type { Call } from '../../../call/call.ts';
import { isObject } from '../../../json/lossless.ts';
import { firstKeyOf, stepsOf } from '../../../json/path.ts';
import { globOf } from '../glob.ts';
import type { Scope } from './scope.ts';
import { propertyNames, similarName } from './similar-names.ts';

/** Where the scopes of a list apply: to arguments, to results, or to either. */
type Reach = 'arguments' | 'results' | 'either';

/** Lists of scopes, by their path in the config. */
type Lists = Readonly<Record<string, readonly [scopes: readonly Scope[] | undefined, reach: Reach]>>;

/** Reports once which configured tools and arguments the upstream does not have. */
export class ScopeWatch {
  readonly #control: string;
  readonly #lists: Lists;
  #waits: boolean;

  constructor(control: string, lists: Lists) {
    this.#control = control;
    this.#lists = lists;
    this.#waits = Object.values(lists).some(([scopes = []]) =>
      scopes.some((scope) => scope.tool !== undefined || isAnywhere(scope)),
    );
  }

  /** When a client lists the tools, the proxy does so too, because controls refer to the upstream's own names. */
  see(call: Call): void {
    if (!this.#waits || call.kind !== 'request' || call.method !== 'tools/list') return;
    this.#waits = false;
    call.upstream.tools().then(
      (tools) => this.#compare(tools),
      // Retry at the next list; the caller of that list gets the upstream's error.
      () => (this.#waits = true),
    );
  }

  #compare(tools: readonly Tool[]): void {
    for (const [list, [scopes = [], reach]] of Object.entries(this.#lists)) {
      scopes.forEach(({ tool: name, method, path }, i) => {
        // With another method, the name may be a prompt's.
        if ((name === undefined && !isAnywhere({ path })) || (method !== undefined && method !== 'tools/call')) return;
        const event = this.#control;
        const where = `${list}[${i}]`;
        const fits = globOf(name ?? '*');
        const meant = tools.filter((tool) => fits(tool.name));
        const key = firstKeyOf(path);
        if (meant.length === 0 && name !== undefined)
          log.warn('the config names a tool that the upstream does not have: is it misspelt?', {
            event,
            where,
            tool: name,
          });
        else if (key !== undefined && !meant.some((tool) => mayHave(tool, key, reach)))
          log.warn("the path in the config begins with a name that the tool's schemas do not have: is it misspelt?", {
            event,
            where,
            tool: name,
            path,
          });
        else {
          const [written, similar] = misspelt(path, meant) ?? [];
          if (similar !== undefined)
            log.warn('the path in the config has a name that no schema has, but a similar one: is it misspelt?', {
              event,
              where,
              ...(name === undefined ? {} : { tool: name }),
              path,
              name: written,
              similar,
            });
          else if (isAnywhere({ path }) && isNowhere(path, meant, reach))
            log.warn('the path in the config has a name that no schema has: is it misspelt?', {
              event,
              where,
              ...(name === undefined ? {} : { tool: name }),
              path,
            });
        }
      });
    }
  }
}

/** Whether a path begins at any depth, so that it may apply to any tool. */
function isAnywhere({ path }: Scope): boolean {
  return path.startsWith('**');
}

/** The first key of a path that no schema has, with a similar one that some schema has. */
function misspelt(path: string, tools: readonly Tool[]): readonly [key: string, similar: string] | undefined {
  const names = propertyNames(tools.flatMap(({ inputSchema, outputSchema }) => [inputSchema, outputSchema]));
  for (const step of stepsOf(path) ?? []) {
    const similar = typeof step === 'string' ? similarName(step, names) : undefined;
    if (typeof step === 'string' && similar !== undefined) return [step, similar];
  }
  return undefined;
}

/** Whether a path has a key that no tool can have: their schemas say all that they take and give, and none has it. */
function isNowhere(path: string, tools: readonly Tool[], reach: Reach): boolean {
  const describe = tools.every(
    ({ inputSchema, outputSchema }) => isDescribed(inputSchema) && (reach === 'arguments' || isDescribed(outputSchema)),
  );
  if (tools.length === 0 || !describe) return false;
  const names = propertyNames(tools.flatMap(({ inputSchema, outputSchema }) => [inputSchema, outputSchema]));
  return stepsOf(path)?.some((step) => typeof step === 'string' && !names.has(step)) === true;
}

/** Whether a schema names the properties of all objects in its data. */
function isDescribed(schema: unknown, depth = 0): boolean {
  if (!isObject(schema) || depth > DEEP || COMBINING.some((keyword) => Object.hasOwn(schema, keyword))) return false;
  const { type, properties, items } = schema;
  if (isObject(properties)) return Object.values(properties).every((inner) => isDescribed(inner, depth + 1));
  if (type === 'array') return isDescribed(items, depth + 1);
  return typeof type === 'string' && type !== 'object';
}
const DEEP = 16;

/** Whether the tool's schemas allow that key at the root of its data. */
function mayHave({ inputSchema, outputSchema }: Tool, key: string, reach: Reach): boolean {
  const inside = (schema: unknown): boolean => {
    const properties = isObject(schema) ? schema['properties'] : undefined;
    return (
      !isObject(properties) ||
      Object.hasOwn(properties, key) ||
      COMBINING.some((keyword) => Object.hasOwn(schema as object, keyword))
    );
  };
  return (reach !== 'results' && inside(inputSchema)) || (reach !== 'arguments' && inside(outputSchema));
}

/** Keywords by which a schema may describe properties beyond its own `properties`. */
const COMBINING = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];
