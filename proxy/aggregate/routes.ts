/**
 * Where a call goes: to the upstream that its controls saw. What upstreams list may change while a call is on its way.
 */
import { UpstreamFailure } from '../base/errors.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Member } from './member.ts';

/** An upstream, and what a client's name or URI is there. */
export interface Route {
  readonly member: Member;
  readonly name: string;
}

export type Subject = 'tools' | 'prompts' | 'resources';

/** By kind and name: the route that was found, else the upstream that controls saw; undefined: none. */
type Noted = Map<string, { readonly route: Route } | { readonly seen: Member | undefined }>;

export class Routes {
  readonly #noted = new WeakMap<Exchange, Noted>();

  /** Undefined: nothing was found yet. */
  of(exchange: Exchange, kind: Subject, name: string): Route | undefined {
    const noted = this.#noted.get(exchange)?.get(keyOf(kind, name));
    return noted !== undefined && 'route' in noted ? noted.route : undefined;
  }

  /** Controls see this upstream, unless they saw another before. */
  told(exchange: Exchange, kind: Subject, name: string, member: Member | undefined): Member | undefined {
    const notes = this.#of(exchange);
    const key = keyOf(kind, name);
    const noted = notes.get(key);
    if (noted === undefined) notes.set(key, { seen: member });
    else return 'route' in noted ? noted.route.member : noted.seen;
    return member;
  }

  /** A route was found: it holds for this call. Throws `upstream-unreachable` if controls saw another. */
  found(exchange: Exchange, kind: Subject, name: string, route: Route): Route {
    const notes = this.#of(exchange);
    const key = keyOf(kind, name);
    const noted = notes.get(key);
    if (noted !== undefined && ('route' in noted ? noted.route.member : noted.seen) !== route.member)
      throw new UpstreamFailure(
        'upstream-unreachable',
        'which upstream has this name was not known when the call was checked: expected the lists of all upstreams, try again',
      );
    notes.set(key, { route });
    return route;
  }

  #of(exchange: Exchange): Noted {
    let notes = this.#noted.get(exchange);
    if (notes === undefined) this.#noted.set(exchange, (notes = new Map()));
    return notes;
  }
}

function keyOf(kind: Subject, name: string): string {
  return `${kind}\n${name}`;
}
