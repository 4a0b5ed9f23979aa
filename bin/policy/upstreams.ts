/** The upstream that a thing belongs to, by the client's name for it, as the proxy finds it before it asks for lists. */
import { Naming } from '../../proxy/aggregate/naming.ts';
import { unwrapUri } from '../../proxy/aggregate/uris.ts';
import type { Settings } from '../../proxy/config/config.ts';
import type { Decision, ResourceRef } from '../../proxy/controls/shared/decide.ts';

/** The name that controls see for a call that goes to all upstreams. */
const ALL = '*';

const REFUSED: Decision = Object.freeze({ verdict: 'deny', policies: Object.freeze([]) });

export class PolicyUpstreams {
  readonly names: readonly string[];
  readonly #members: readonly { readonly name: string; readonly naming: Naming }[];

  constructor({ upstreams, separator }: Pick<Settings, 'upstreams' | 'separator'>) {
    this.names = upstreams.map(({ name }) => name);
    this.#members = upstreams.map(({ name, prefix }) => ({ name, naming: new Naming(prefix, separator) }));
  }

  /** More than one if only the upstreams' lists can tell; none if no upstream has such a name. */
  of(resource: ResourceRef): readonly string[] {
    if (resource.type === 'Upstream') return this.names.length === 1 ? this.names : [ALL, ...this.names];
    if (resource.type === 'Resource') {
      const named =
        this.names.length === 1 ? undefined : unwrapUri(resource.uri, new Map(this.names.map((name) => [name, name])));
      return named === undefined ? this.names : [named.of];
    }
    const claimed = this.#members.find(({ naming }) => naming.claims(resource.name));
    if (claimed !== undefined) return [claimed.name];
    return this.#members.filter(({ naming }) => naming.prefix === '').map(({ name }) => name);
  }

  /**
   * The decision, if it is the same for every upstream that the thing may belong to; else `undecidable`.
   * @param named the upstream, if that is known
   */
  decide(resource: ResourceRef, decideAt: (upstream: string) => Decision, named?: string): Decision {
    const decisions = (named === undefined ? this.of(resource) : [named]).map(decideAt);
    const [first = REFUSED] = decisions;
    if (decisions.every(({ verdict }) => verdict === first.verdict)) return first;
    return { verdict: 'undecidable', policies: [...new Set(decisions.flatMap(({ policies }) => policies))] };
  }
}
