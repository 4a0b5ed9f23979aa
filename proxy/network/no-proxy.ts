/**
 * `NO_PROXY`: what is connected to directly although a forward proxy is bound. The forms of curl, Go and Node together: a
 * host with everything below it, also as `.host` or `*.host`; an address, a network (CIDR) or a range (`first-last`);
 * each with an optional port; `*` for everything. Names are not resolved for it.
 */
const { BlockList: List, isIP } = process.getBuiltinModule('node:net');

/** `port` is undefined if it may be any. */
interface Entry {
  readonly port: number | undefined;
  readonly matches: (host: string) => boolean;
}

export class Exceptions {
  readonly #entries: readonly Entry[];
  /** Parts that have none of the forms. */
  readonly unknown: readonly string[];

  constructor(text: string) {
    const parts = text.split(/[\s,]+/).filter((part) => part !== '');
    const read = parts.map((part) => ({ part, entry: entryOf(part.toLowerCase()) }));
    this.#entries = read.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
    this.unknown = read.flatMap(({ part, entry }) => (entry === undefined ? [part] : []));
  }

  /** @param host as a URL has it: in lower case, IPv6 in brackets */
  has(host: string, port: number): boolean {
    const name = bare(host);
    return this.#entries.some((entry) => (entry.port === undefined || entry.port === port) && entry.matches(name));
  }
}

function entryOf(text: string): Entry | undefined {
  if (text === '*') return { port: undefined, matches: () => true };
  const [, head = '', digits] = isIP(text) === 6 ? [text, text] : (/^(.*?)(?::(\d{1,5}))?$/.exec(text) ?? []);
  const matches = matcher(head.replace(/^\*?\./, ''), head);
  const port = digits === undefined ? undefined : Number(digits);
  return matches === undefined || (port ?? 1) > 65_535 ? undefined : { port, matches };
}

/** @param written with the dot or asterisk before it */
function matcher(name: string, written: string): Entry['matches'] | undefined {
  const addresses = addressesIn(written);
  if (addresses !== undefined)
    return (host) => isIP(host) !== 0 && addresses.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
  if (!/^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?$/.test(name) || !/[a-z]/.test(name)) return undefined;
  const host = bare(name);
  return (other) => other === host || other.endsWith(`.${host}`);
}

/** Undefined for what is no address, network or range. */
function addressesIn(text: string): InstanceType<typeof List> | undefined {
  const list = new List();
  const address = bare(text);
  const family = isIP(address);
  const [, network = '', bits] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const [, first = '', last = ''] = /^([\d.]+)-([\d.]+)$/.exec(text) ?? [];
  try {
    if (family !== 0) list.addAddress(address, family === 6 ? 'ipv6' : 'ipv4');
    else if (bits !== undefined)
      list.addSubnet(bare(network), Number(bits), isIP(bare(network)) === 6 ? 'ipv6' : 'ipv4');
    else if (isIP(first) === 4 && isIP(last) === 4) list.addRange(first, last, 'ipv4');
    else return undefined;
  } catch {
    return undefined;
  }
  return list;
}

/** Without brackets and the dot at the end. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
