/** IPv6 addresses as others, in the spelling of the value: RFC 5952's, all digits (`0000:`), or no `::`; in capitals or not. */
import type { Permutation, Way } from './permutation.ts';
import type { Shaped } from './shape.ts';

export const ipv6: Shaped = {
  hide: (value, by) => moved(value, by, 'encrypt'),
  show: (token, by) => moved(token, by, 'decrypt'),
};

type Form = 'short' | 'all digits' | 'no ::';

interface Spelling {
  readonly form: Form;
  readonly capitals: boolean;
  /** The address in RFC 5952's spelling. */
  readonly short: string;
}

/** A token can say that the value had another spelling only by having it, so the token must have no other one. */
export function isIpv6(text: string): boolean {
  return spellingOf(text) !== undefined;
}

function spellingOf(text: string): Spelling | undefined {
  if (!/^[\da-fA-F:]{2,39}$/.test(text)) return undefined;
  const lower = text.toLowerCase();
  const capitals = text !== lower;
  if (capitals && text !== text.toUpperCase()) return undefined;
  const short = shortOf(lower);
  if (short === undefined) return undefined;
  if (short === lower) return { form: 'short', capitals, short };
  if (/^(?:[\da-f]{4}:){7}[\da-f]{4}$/.test(lower)) return { form: 'all digits', capitals, short };
  return /^(?:(?:0|[1-9a-f][\da-f]{0,3})(?::|$)){8}$/.test(lower) ? { form: 'no ::', capitals, short } : undefined;
}

function shortOf(text: string): string | undefined {
  const url = `http://[${text}]/`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

function moved(text: string, by: Permutation, way: Way): string | undefined {
  const spelling = spellingOf(text);
  if (spelling === undefined) return undefined;
  const { form, capitals, short } = spelling;
  const groups = groupsOf(short);
  // Only an address with two groups of zeros in a row is not in RFC 5952's spelling without `::`. They keep their place.
  const zeros = form === 'no ::' ? groups.findIndex((group, i) => group === 0 && groups[i + 1] === 0) : -1;
  let rest = zeros < 0 ? groups : groups.toSpliced(zeros, 2);
  const tweak = form === 'short' && !capitals ? 'ipv6' : `ipv6 ${form}${capitals ? ' capitals' : ''} ${zeros}`;
  for (;;) {
    rest = movedGroups(rest, by, way, tweak);
    const written = spelled(zeros < 0 ? rest : rest.toSpliced(zeros, 0, 0, 0), form, capitals);
    const own = written === undefined ? undefined : spellingOf(written);
    if (own?.form !== form || own.capitals !== capitals) continue;
    // Another pair of zeros before them would be taken for theirs.
    if (zeros < 0 || firstZeros(own.short) === zeros) return written;
  }
}

function firstZeros(short: string): number {
  const groups = groupsOf(short);
  return groups.findIndex((group, i) => group === 0 && groups[i + 1] === 0);
}

function groupsOf(short: string): number[] {
  const [before = [], after] = short.split('::').map((side) => (side === '' ? [] : side.split(':')));
  const zeros = after === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...(after ?? [])].map((group) =>
    Number.parseInt(group, 16),
  );
}

function movedGroups(groups: readonly number[], by: Permutation, way: Way, tweak: string): number[] {
  const number = groups.reduce((all, group) => (all << 16n) | BigInt(group), 0n);
  const digits = by[way](number, 1n << BigInt(groups.length * 16), tweak)
    .toString(16)
    .padStart(groups.length * 4, '0');
  return groups.map((_, i) => Number.parseInt(digits.slice(i * 4, i * 4 + 4), 16));
}

function spelled(groups: readonly number[], form: Form, capitals: boolean): string | undefined {
  const full = groups
    .map((group) => group.toString(16))
    .map((group) => (form === 'all digits' ? group.padStart(4, '0') : group));
  const text = form === 'short' ? shortOf(full.join(':')) : full.join(':');
  return capitals ? text?.toUpperCase() : text;
}
