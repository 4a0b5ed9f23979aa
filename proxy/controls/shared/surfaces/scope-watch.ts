/** Scopes of a config that reach nothing: mostly a name has a typo, and what should be hidden goes by in the clear. */
import type { Tool } from '@modelcontextprotocol/server';
import { log } from '../../../base/log.ts';
import type { Call } from '../../../call/call.ts';
import { isObject } from '../../../json/lossless.ts';
import { firstKeyOf } from '../../../json/path.ts';
import { globOf } from '../glob.ts';
import type { Scope } from './scope.ts';

/** What scopes of a list reach: data in arguments, in results, or in either. */
type Reach = 'arguments' | 'results' | 'either';

/** Lists of scopes, by their place in the config. */
type Lists = Readonly<Record<string, readonly [scopes: readonly Scope[] | undefined, reach: Reach]>>;

/** Says once which tools and arguments that a config names the upstream doesn't have. */
export class ScopeWatch {
  readonly #control: string;
  readonly #lists: Lists;
  #waits: boolean;

  constructor(control: string, lists: Lists) {
    this.#control = control;
    this.#lists = lists;
    this.#waits = Object.values(lists).some(([scopes = []]) => scopes.some(({ tool }) => tool !== undefined));
  }

  /** When a client asks for the tools, the proxy does as well: what a control hides from is the upstream as it is. */
  see(call: Call): void {
    if (!this.#waits || call.kind !== 'request' || call.method !== 'tools/list') return;
    this.#waits = false;
    call.upstream.tools().then(
      (tools) => this.#compare(tools),
      // It will be asked again; why it didn't answer is told to whoever calls.
      () => (this.#waits = true),
    );
  }

  #compare(tools: readonly Tool[]): void {
    for (const [list, [scopes = [], reach]] of Object.entries(this.#lists)) {
      scopes.forEach(({ tool: name, method, path }, i) => {
        // A prompt may be meant where a method says so.
        if (name === undefined || (method !== undefined && method !== 'tools/call')) return;
        const event = this.#control;
        const where = `${list}[${i}]`;
        const fits = globOf(name);
        const meant = tools.filter((tool) => fits(tool.name));
        const key = firstKeyOf(path);
        if (meant.length === 0)
          log.warn('the upstream has no tool of the name in the config', { event, where, tool: name });
        else if (key !== undefined && !meant.some((tool) => mayHave(tool, key, reach)))
          log.warn('the tool has nothing of the name that the path in the config begins with', {
            event,
            where,
            tool: name,
            path,
          });
      });
    }
  }
}

/** Whether data of a tool may have that key at its root, as far as its schemas say. */
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

/** Keywords by which a schema may speak of more properties than its own. */
const COMBINING = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'patternProperties', 'dependentSchemas'];
