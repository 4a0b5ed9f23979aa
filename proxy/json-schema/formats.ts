/**
 * Formats (JSON Schema 2020-12, validation, 7.3), each checked in linear time. An unknown format accepts every value,
 * as the specification says.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { isAnyHostname, isHostname, stepsOf } from './hostname.ts';

export interface Format {
  /** The description shown to a model. */
  readonly expected: string;
  readonly accepts: (text: string) => boolean;
  /** Steps charged per character. @default - a sixteenth */
  readonly steps?: (text: string) => number;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = DATE.exec(text) ?? [];
  if (day === '') return false;
  const leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const last = month === '02' && leap ? 29 : (DAYS[Number(month) - 1] ?? 0);
  return Number(day) >= 1 && Number(day) <= last;
}

function isTime(text: string): boolean {
  const [whole, hour, minute, second, sign, zoneHour = '0', zoneMinute = '0'] = TIME.exec(text) ?? [];
  if (
    whole === undefined ||
    Number(hour) > 23 ||
    Number(minute) > 59 ||
    Number(second) > 60 ||
    Number(zoneHour) > 23 ||
    Number(zoneMinute) > 59
  )
    return false;
  if (Number(second) < 60) return true;
  // A leap second is only valid at the end of a day in UTC.
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === '-' ? -1 : 1);
  return (((Number(hour) * 60 + Number(minute) - zone) % 1440) + 1440) % 1440 === 1439;
}

function isDateTime(text: string): boolean {
  return /[Tt ]/.test(text[10] ?? '') && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

const DURATION =
  /^P(?:\d+W|(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/;

function isDuration(text: string): boolean {
  return text !== 'P' && DURATION.test(text);
}

function emailIn(hostname: (text: string) => boolean, local: RegExp): (text: string) => boolean {
  return (text) => {
    const at = text.lastIndexOf('@');
    const name = text.slice(0, at);
    const host = text.slice(at + 1);
    if (at < 1 || name.length > 64) return false;
    const named = name.startsWith('"') ? QUOTED.test(name) : local.test(name) && !/^\.|\.\.|\.$/.test(name);
    return named && (host.startsWith('[') ? isLiteral(host) : hostname(host));
  };
}

const LOCAL = /^[\w!#$%&'*+/=?^`{|}~.-]+$/;
const ANY_LOCAL = /^[^\s@<>()[\]\\,;:"\0-\x1f\x7f]+$/u;
const QUOTED = /^"(?:[^"\\\0-\x1f\x7f]|\\[ -~])*"$/;

function isLiteral(host: string): boolean {
  if (!host.endsWith(']')) return false;
  const address = host.slice(1, -1);
  return isIPv4(address) || (/^ipv6:/i.test(address) && isIPv6(address.slice(5)));
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const URI_CHARACTERS = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const IRI_CHARACTERS = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}|[^\0-\x9f\s])*$/u;

/** RFC 3986 (3987): checks the characters and, of the authority, brackets and port. */
function isReference(text: string, characters: RegExp): boolean {
  if (!characters.test(text) || text.indexOf('#') !== text.lastIndexOf('#')) return false;
  const scheme = SCHEME.exec(text)?.[0].length ?? 0;
  // A colon in the first segment would make it a scheme.
  if (scheme === 0 && /^[^/?#]*:/.test(text)) return false;
  if (!text.startsWith('//', scheme)) return !/[[\]]/.test(text);
  const authority = /^[^/?#]*/.exec(text.slice(scheme + 2))?.[0] ?? '';
  if (/[[\]]/.test(text.slice(scheme + 2 + authority.length))) return false;
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (/[[\]@]/.test(authority.slice(0, Math.max(0, authority.length - host.length - 1)))) return false;
  const [, literal, port] = /^(?:\[([^\]]*)\]|[^[\]:]*)(?::(.*))?$/.exec(host) ?? [undefined, undefined, 'x'];
  return (
    (port === undefined || /^\d*$/.test(port)) &&
    (literal === undefined || isIPv6(literal) || /^[Vv][0-9A-Fa-f]+\.[\w\-.~!$&'()*+,;=:]+$/.test(literal))
  );
}

/** RFC 6570, 2. */
const VARIABLE = '(?:\\w|%[\\dA-Fa-f]{2})(?:\\.?(?:\\w|%[\\dA-Fa-f]{2}))*(?::[1-9]\\d{0,3}|\\*)?';
const EXPRESSION = new RegExp(`\\{[+#./;?&=,!@|]?${VARIABLE}(?:,${VARIABLE})*\\}`);

function isTemplate(text: string): boolean {
  const outside = text.split(EXPRESSION);
  return outside.every((part) => !/[\0-\x20"<>\\^`{|}\x7f]/.test(part));
}

const MAX_PATTERN = 4_096;

function isPattern(text: string): boolean {
  if (text.length > MAX_PATTERN) return false;
  let known = true;
  // Reading a property takes as long as thousands of other characters, so each is read once per process.
  const plain = text.replace(/\\(?:([pP]\{[^{}]{0,64}\})|[^])/g, (escape, property?: string) => {
    if (property === undefined) return escape;
    known &&= PROPERTIES.has(property) || isProperty(property);
    return '\\d';
  });
  return known && isRead(plain);
}

/** Bounded: there are a few thousand valid spellings, and only these are added. */
const PROPERTIES = new Set<string>();

function isProperty(property: string): boolean {
  const is = isRead(`\\${property}`);
  if (is) PROPERTIES.add(property);
  return is;
}

/** Only compiled, never matched with. */
function isRead(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;
const RELATIVE_POINTER = /^(?:0|[1-9]\d*)(?:#|(?:\/(?:[^~/]|~[01])*)*)$/;

export const FORMATS: ReadonlyMap<string, Format> = new Map(
  Object.entries({
    date: { expected: 'a date such as 2026-01-31', accepts: isDate },
    time: { expected: 'a time such as 13:05:00Z', accepts: isTime },
    'date-time': { expected: 'a date and time such as 2026-01-31T13:05:00Z', accepts: isDateTime },
    duration: { expected: 'a duration such as P3DT12H', accepts: isDuration },
    email: { expected: 'an email address', accepts: emailIn(isHostname, LOCAL), steps: stepsOf },
    'idn-email': { expected: 'an email address', accepts: emailIn(isAnyHostname, ANY_LOCAL), steps: stepsOf },
    hostname: { expected: 'a host name', accepts: isHostname, steps: stepsOf },
    'idn-hostname': { expected: 'a host name', accepts: isAnyHostname, steps: stepsOf },
    ipv4: { expected: 'an IPv4 address', accepts: isIPv4 },
    ipv6: { expected: 'an IPv6 address', accepts: (text) => isIPv6(text) && !text.includes('%') },
    uri: {
      expected: 'a URI with its scheme',
      accepts: (text) => SCHEME.test(text) && isReference(text, URI_CHARACTERS),
    },
    url: { expected: 'a URL', accepts: (text) => URL.canParse(text) },
    'uri-reference': {
      expected: 'a URI or a relative reference',
      accepts: (text) => isReference(text, URI_CHARACTERS),
    },
    iri: {
      expected: 'an IRI with its scheme',
      accepts: (text) => SCHEME.test(text) && isReference(text, IRI_CHARACTERS),
    },
    'iri-reference': {
      expected: 'an IRI or a relative reference',
      accepts: (text) => isReference(text, IRI_CHARACTERS),
    },
    'uri-template': { expected: 'a URI template', accepts: isTemplate },
    uuid: {
      expected: 'a UUID',
      accepts: (text) => /^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$/.test(text),
    },
    'json-pointer': { expected: 'a JSON pointer', accepts: (text) => POINTER.test(text) },
    'relative-json-pointer': { expected: 'a relative JSON pointer', accepts: (text) => RELATIVE_POINTER.test(text) },
    regex: {
      expected: `a regular expression of at most ${MAX_PATTERN} characters`,
      accepts: isPattern,
      steps: () => 16,
    },
  } satisfies Record<string, Format>),
);
