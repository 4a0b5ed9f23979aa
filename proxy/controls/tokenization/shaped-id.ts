/** UUIDs (RFC 9562) and IPv4 addresses as others. */
import type { Permutation, Way } from './permutation.ts';
import type { Shaped } from './shape.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** With its version and variant. */
export const uuid: Shaped = {
  hide: (value, by) => uuidMoved(value, by, 'encrypt'),
  show: (token, by) => uuidMoved(token, by, 'decrypt'),
};

/** In lower case, or in capitals. Without letters, it counts as lower case. */
export function isUuid(text: string): boolean {
  return UUID.test(text) || UUID.test(lower(text) ?? '');
}

function lower(text: string): string | undefined {
  return text === text.toUpperCase() ? text.toLowerCase() : undefined;
}

const VERSION = 12;
const VARIANT = 16;

function uuidMoved(text: string, by: Permutation, way: Way): string | undefined {
  const isLower = UUID.test(text);
  const hex = text.toLowerCase().replaceAll('-', '');
  const [version = '', variant = ''] = [hex[VERSION], hex[VARIANT]];
  let rest = BigInt(`0x${hex.slice(0, VERSION)}${hex.slice(VERSION + 1, VARIANT)}${hex.slice(VARIANT + 1)}`);
  for (;;) {
    rest = by[way](rest, 1n << 120n, `uuid ${version}${variant}`);
    const digits = rest.toString(16).padStart(30, '0');
    const moved = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${version}${digits.slice(12, 15)}-${variant}${digits.slice(15, 18)}-${digits.slice(18)}`;
    if (isLower) return moved;
    // Without a letter, it would not show that it is in capitals.
    if (/[a-f]/.test(moved)) return moved.toUpperCase();
  }
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

export const ipv4: Shaped = {
  hide: (value, by) => ipv4Moved(value, by, 'encrypt'),
  show: (token, by) => ipv4Moved(token, by, 'decrypt'),
};

export function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

function ipv4Moved(text: string, by: Permutation, way: Way): string {
  const number = text.split('.').reduce((n, part) => n * 256 + Number(part), 0);
  const moved = Number(by[way](BigInt(number), 1n << 32n, 'ipv4'));
  return [24, 16, 8, 0].map((shift) => (moved >>> shift) & 0xff).join('.');
}
