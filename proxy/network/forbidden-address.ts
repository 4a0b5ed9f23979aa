/**
 * Addresses that no upstream may have: link-local ones and those of metadata services, which answer with credentials.
 * IPv6 forms that carry an IPv4 address are included, since a translator on the way may extract it.
 */
import { isIP } from 'node:net';

/** IPv4 ranges: address and length of the prefix in bits. */
const FORBIDDEN_4: readonly (readonly [address: string, bits: number, what: string])[] = [
  ['0.0.0.0', 8, 'an unspecified address'],
  // Also Amazon's, Google's, Microsoft's and most others' metadata, and the credentials of ECS and EKS.
  ['169.254.0.0', 16, 'a link-local address'],
  // Alibaba Cloud, Azure's host, Oracle Cloud.
  ['100.100.100.200', 32, 'a metadata service'],
  ['168.63.129.16', 32, 'a metadata service'],
  ['192.0.0.192', 32, 'a metadata service'],
];

/** Metadata services on IPv6: EC2, EKS, Google, Oracle, Akamai, Scaleway. */
const METADATA_6 = [
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:a9fe:a9fe::1',
  'fd00:42::42',
];

/** Host names of metadata services, whatever they resolve to. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
]);

/**
 * Returns why a host must never be connected to; undefined if it may be.
 * @param host an IP address in text form, with or without brackets and zone, or a name. A name's addresses must be
 * checked as well
 */
export function forbiddenAddress(host: string): string | undefined {
  const text = host.toLowerCase().replaceAll(/[[\]]/g, '').replace(/%.*/s, '');
  if (METADATA_NAMES.has(text.replace(/\.$/, ''))) return 'a metadata service';
  // `2852039166`, `0xa9.254.0251.0376` and similar forms are addresses to the connecting code.
  const address = URL.parse(`http://${text}/`)?.hostname ?? text;
  const family = isIP(address);
  if (family === 4) return forbidden4(numberOf4(address));
  return family === 6 ? forbidden6(groupsOf(address)) : undefined;
}

function forbidden4(address: number): string | undefined {
  return FORBIDDEN_4.find(([network, bits]) => (address ^ numberOf4(network)) >>> (32 - bits) === 0)?.[2];
}

function forbidden6(groups: readonly number[]): string | undefined {
  const [first = 0] = groups;
  if ((first & 0xffc0) === 0xfe80) return 'a link-local address';
  if (METADATA.has(groups.join())) return 'a metadata service';
  for (const embedded of embeddedIn(groups)) {
    const why = forbidden4(embedded);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Returns the IPv4 addresses that an IPv6 address may carry. */
function embeddedIn(groups: readonly number[]): number[] {
  const at = (group: number): number => bitsAt(groups, group * 16);
  const starts = (...prefix: readonly number[]): boolean => prefix.every((group, i) => groups[i] === group);
  const found: number[] = [];
  // IPv4-compatible (RFC 4291, 2.5.5.1), except ::1; IPv4-mapped (2.5.5.2); IPv4-translated (RFC 2765, 2.1).
  if (starts(0, 0, 0, 0, 0, 0) && at(6) !== 1) found.push(at(6));
  if (starts(0, 0, 0, 0, 0, 0xffff) || starts(0, 0, 0, 0, 0xffff, 0)) found.push(at(6));
  // NAT64 with the well-known prefix (RFC 6052) and with local-use ones (RFC 8215), which may have any length.
  if (starts(0x64, 0xff9b, 0, 0, 0, 0)) found.push(at(6));
  // If one prefix length gives an address, the others mostly give zeros.
  if (starts(0x64, 0xff9b, 1))
    found.push(
      ...[48, 56, 64].map((start) => skippingByte8(groups, start)).filter((address) => address >= 2 ** 24),
      at(6),
    );
  // 6to4 (RFC 3056); Teredo (RFC 4380): the server's, and the client's with inverted bits.
  if (starts(0x2002)) found.push(at(1));
  if (starts(0x2001, 0)) found.push(at(2), ~at(6) >>> 0);
  // ISATAP (RFC 5214), under any prefix.
  if (((groups[4] ?? 0) & 0xfdff) === 0 && groups[5] === 0x5efe) found.push(at(6));
  return found;
}

/** The 32 bits from bit `start` on. */
function bitsAt(groups: readonly number[], start: number): number {
  let value = 0;
  for (let bit = start; bit < start + 32; bit += 8) value = value * 256 + byteAt(groups, bit / 8);
  return value;
}

/** The same without the byte that is zero in NAT64's addresses (RFC 6052, 2.2). */
function skippingByte8(groups: readonly number[], start: number): number {
  let value = 0;
  for (let byte = start / 8, left = 4; left > 0; byte++) {
    if (byte === 8) continue;
    value = value * 256 + byteAt(groups, byte);
    left--;
  }
  return value;
}

function byteAt(groups: readonly number[], byte: number): number {
  const group = groups[byte >> 1] ?? 0;
  return byte % 2 === 0 ? group >> 8 : group & 0xff;
}

function numberOf4(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const dotted = /\d+\.\d+\.\d+\.\d+/.exec(address)?.[0];
  const value = dotted === undefined ? 0 : numberOf4(dotted);
  const text =
    dotted === undefined
      ? address
      : `${address.slice(0, -dotted.length)}${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`;
  const [before = '', after] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [head, tail] = [groups(before), groups(after ?? '')];
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

const METADATA: ReadonlySet<string> = new Set(METADATA_6.map((address) => groupsOf(address).join()));
