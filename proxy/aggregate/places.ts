/**
 * Where each upstream is, in a few characters. What clients hold of an upstream's ids says it: processes share the key that
 * seals them, and their configs may give one name to two servers, or one server another address.
 */

/** Characters of a place. */
export const PLACE = 6;

export class Places {
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #places = new Map<string, string>();

  /** @param addresses of the upstreams, by their names */
  constructor(addresses: ReadonlyMap<string, string>) {
    this.#addresses = addresses;
  }

  /** Empty: there is no such upstream. */
  of(upstream: string): string {
    const address = this.#addresses.get(upstream);
    if (address === undefined) return '';
    let place = this.#places.get(upstream);
    if (place === undefined) {
      place = process.getBuiltinModule('node:crypto').hash('sha256', address, 'base64url').slice(0, PLACE);
      this.#places.set(upstream, place);
    }
    return place;
  }
}
