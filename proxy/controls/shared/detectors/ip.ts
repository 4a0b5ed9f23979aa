/** IP addresses. IPv4 is read here, as four decimal numbers. */
import { closes, follows, HYPHEN, isWord, plain } from './characters.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { ADDRESS, hintsOf, PHONE, VERSION } from './field.ts';
import { scanV6 } from './ipv6.ts';
import { labelBefore } from './label.ts';
import { VERSIONS } from './names/prose.ts';
import { set, wordsOfText } from './names/split.ts';
import { byCharacters, byRuns, reached, type Search } from './parts.ts';
import { type Runs, runsOf } from './runs.ts';
import { inAnySpelling } from './spelling.ts';
import { whole, wholeInTurns } from './whole.ts';

/** Finds addresses of hosts: not loopback, unspecified, netmask or network addresses (`10.0.0.0`). */
export function ip(): Detector {
  return inAnySpelling({ name: 'ip', type: 'ip', find }, search, 'any');
}

function find(text: string, evidence?: Evidence): readonly Span[] {
  const six = scanV6(text, 0, text.length, NONE);
  const four = findV4(text, evidence);
  // Both find `::ffff:10.1.2.3`.
  return six === NONE ? four : four === NONE ? six : whole(six.concat(four));
}

function* search(...given: Parameters<Search>): ReturnType<Search> {
  const [text] = given;
  const six = yield* byCharacters(scanV6, text);
  const four = text.includes('.') ? yield* inRuns(...given) : NONE;
  return yield* wholeInTurns([six, four]);
}

const DOT = 0x2e;
const COLON = 0x3a;
const SLASH = 0x2f;

function findV4(text: string, evidence?: Evidence): readonly Span[] {
  if (text.length < 7 || !text.includes('.')) return NONE;
  const runs = runsOf(text);
  return scanV4(text, evidence, runs, 0, runs.count, NONE);
}

function scanV4(
  text: string,
  evidence: Evidence | undefined,
  runs: Runs,
  first: number,
  until: number,
  before: readonly Span[],
): readonly Span[] {
  let spans = before;
  let i = first;
  for (const most = Math.min(until, runs.count - 3); i < most; i++) {
    const joint = jointAfter(text, runs, i);
    if (joint !== DOT && joint !== HYPHEN) continue;
    // Read all numbers that are joined: five of them are not an address.
    let last = i + 1;
    while (last + 1 < runs.count && last < i + FAR && jointAfter(text, runs, last) === joint) last++;
    if (joint === HYPHEN) {
      if (last !== i + 3 || !isInHostName(text, runs, i)) continue;
      spans = added(spans, runs.start(i), runs.end(last), 'ip');
    } else if (
      (last === i + 3 || (last === i + 4 && isWithPort(text, runs, i))) &&
      isAddress(text, runs, i, evidence) &&
      !isSomethingElse(text, runs, i, evidence)
    ) {
      spans = added(spans, runs.start(i), runs.end(i + 3), 'ip');
    }
    i = last;
  }
  reached.next = Math.max(i, until);
  return spans;
}

const inRuns = byRuns(scanV4);
/**
 * Maximum numbers joined by dots that are skipped at once. If more follow, no address begins there, because a dot
 * precedes it.
 */
const FAR = 512;

/** The one character between two runs; 0 if there are more. */
function jointAfter(text: string, runs: Runs, i: number): number {
  return runs.start(i + 1) === runs.end(i) + 1 ? text.charCodeAt(runs.end(i)) : 0;
}

function isDotted(text: string, runs: Runs, i: number): boolean {
  return jointAfter(text, runs, i) === DOT;
}

/** `IP 203.0.113.7.443 > 198.51.100.8.53: …`, as tcpdump writes ports. */
function isWithPort(text: string, runs: Runs, first: number): boolean {
  return /^(?: > |: )/.test(text.slice(runs.end(first + 4), runs.end(first + 4) + 3));
}

/** `ip-203-0-113-7.ec2.internal`. */
function isInHostName(text: string, runs: Runs, first: number): boolean {
  const start = runs.start(first);
  return (
    /\b(?:ip|ec2)-$/i.test(text.slice(Math.max(0, start - 5), start)) &&
    [0, 1, 2, 3].every((i) => valueOf(text, runs, first + i) >= 0) &&
    valueOf(text, runs, first) > 0
  );
}

/** A host's address: no network, loopback, multicast or mask. */
function isAddress(text: string, runs: Runs, first: number, evidence: Evidence | undefined): boolean {
  let zeros = 0;
  for (let i = first; i < first + 4; i++) {
    const value = valueOf(text, runs, i);
    if (value < 0) return false;
    zeros = value === 0 ? zeros + 1 : 0;
  }
  const head = valueOf(text, runs, first);
  if (head === 0 || head === 127 || head >= 224 || zeros > 1) return false;
  const plain = !isVersionLike(text, runs, first);
  const [start, end] = [runs.start(first), runs.end(first + 3)];
  return (
    isPadded(text, runs, first, evidence) &&
    (opensAddress(text, start) || (plain && GLUE.test(text.slice(Math.max(0, start - 3), start)))) &&
    (closes(text, end) ||
      isRange(text, runs, first) ||
      isWithPort(text, runs, first) ||
      (plain && GLUED.test(text.slice(end, end + 3))))
  );
}

/** What joins an address to a name: `user_203.0.113.7`, `node-203.0.113.7`, `IP203.0.113.7`, `10.0.0.1..10.0.0.9`. */
const GLUE = /[\w][_-]$|(?:^|[^A-Za-z])ip$|\.\.$/i;
const GLUED = /^(?:[_-]\w|\.[A-Za-z]|\.\.)/;

/** -1 if it is too large, or has digits of other scripts. */
function valueOf(text: string, runs: Runs, i: number): number {
  if (runs.length(i) > 3) return -1;
  const value = Number(text.slice(runs.start(i), runs.end(i)));
  return value <= 255 ? value : -1;
}

/** Leading zeros fill all numbers up to three digits, if only the form says what it is. */
function isPadded(text: string, runs: Runs, first: number, evidence: Evidence | undefined): boolean {
  let zeros = false;
  let short = false;
  for (let i = first; i < first + 4; i++) {
    if (runs.length(i) < 3) short = true;
    if (runs.length(i) > 1 && text.charCodeAt(runs.start(i)) === 0x30) zeros = true;
  }
  return !zeros || !short || (hintsOf(evidence) & ADDRESS) !== 0;
}

/** `10.0.0.1-10.0.0.9`, and `192.168.0.1-254`. */
function isRange(text: string, runs: Runs, first: number): boolean {
  const next = first + 4;
  if (
    next >= runs.count ||
    runs.start(next) !== runs.end(next - 1) + 1 ||
    plain(text.charCodeAt(runs.end(next - 1))) !== HYPHEN
  )
    return false;
  if (
    next + 3 < runs.count &&
    isDotted(text, runs, next) &&
    isDotted(text, runs, next + 1) &&
    isDotted(text, runs, next + 2)
  )
    return valueOf(text, runs, next) > 0 && closes(text, runs.end(next + 3));
  const [a, b, last] = [valueOf(text, runs, first), valueOf(text, runs, first + 1), valueOf(text, runs, first + 3)];
  const local = a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32);
  return local && valueOf(text, runs, next) > last && closes(text, runs.end(next));
}

function opensAddress(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  // `-` before an address is a range (`10.0.0.1-10.0.0.9`), except after a file's name (`app-1.2.3.4`).
  if (before === 0x2d) return !isWord(text.charCodeAt(start - 2)) || isDigit(text.charCodeAt(start - 2));
  if (start === 0 || !(follows(text, start) || before === DOT)) return true;
  return before === UNDERSCORE && NAMED.test(text.slice(Math.max(0, start - 16), start));
}

const UNDERSCORE = 0x5f;
/** `ip_10.1.2.3`. */
const NAMED = /(?:ip|ipv4|addr|address|host|server|client|src|dst|from|to|peer|remote)_$/i;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * Whether it may be a version or the number of a section: its first numbers are small, not both of the others are large,
 * and it is in no private network.
 */
function isVersionLike(text: string, runs: Runs, first: number): boolean {
  const [major = 0, minor = 0, patch = 0, build = 0] = [0, 1, 2, 3].map((i) => valueOf(text, runs, first + i));
  return major < SMALL && major !== 10 && minor < SMALL && (patch < LARGE || build < LARGE);
}
const SMALL = 32;
const LARGE = 100;

/** Numbers that may be a version need evidence for an address; of others, few words say that they are one. */
function isSomethingElse(text: string, runs: Runs, first: number, evidence: Evidence | undefined): boolean {
  const hints = hintsOf(evidence);
  if (hints & ADDRESS) return false;
  const [start, end] = [runs.start(first), runs.end(first + 3)];
  const lead = text.slice(Math.max(0, start - LEAD), start);
  if (hints & PHONE || /\+\d{1,3}[ .]$/.test(lead)) return true;
  // `Chrome/120.0.6.7` is a version; `//10.1.2.3` and `host/10.1.2.3` are addresses.
  const before = text.charCodeAt(start - 1);
  if (before === 0xa7 || (before === SLASH && isWord(text.charCodeAt(start - 2)) && isProduct(lead))) return true;
  if ((before === COLON && IMAGE.test(lead)) || CALLED_VERSION.test(lead)) return true;
  const label = labelBefore(text, start);
  if (isVersionLike(text, runs, first)) return !(label & ADDRESS) && !isAddressed(text, end, lead);
  if (label & ADDRESS || valueOf(text, runs, first) >= MOST) return false;
  const clear = valueOf(text, runs, first + 1) >= SMALL;
  return ((label & VERSION) !== 0 && isVersion(lead, clear)) || ((hints & VERSION) !== 0 && start < 3);
}
/** Higher numbers begin no version. */
const MOST = 150;

/** Whether the text says that there is a host's address: its form, its place in a log, or a word before it. */
function isAddressed(text: string, end: number, lead: string): boolean {
  const after = text.slice(end, end + LEAD);
  if (WITH_ADDRESS.test(after) || BEFORE_ADDRESS.test(lead)) return true;
  const line = lead.slice(lead.lastIndexOf('\n') + 1);
  return !CHANGED.test(line) && !TO_ANOTHER.test(after) && (ADDRESSED.test(line) || TIME.test(line));
}

/** A port, a prefix, or what a log writes after a client. */
const WITH_ADDRESS =
  /^(?::\d{2,5}(?![\d.])|\/(?:[89]|[12]\d|3[0-2])(?![\d.])| - - | port \d| \(?(?:up|down|unreachable|timed out|refused)\b|[\])"']? "?(?:GET|POST|PUT|HEAD|DELETE|CONNECT|OPTIONS)\b| \d{3} (?:GET|POST)\b)/;
/** A URL, an account, or what a log writes before a client. */
const BEFORE_ADDRESS =
  /(?:\/\/|\[client |\bip(?:v4)?[^\s\d]{0,12}\s?["']?|\d\.\d{1,3} ?[-–] ?|\b(?:host|server|gateway|router|client|peer|proxy|address) )$/i;
/** Words for hosts and traffic between them. */
const ADDRESSED =
  /\b(?:address(?:es|e)?|addrs?|adresses?|adresse|direcci[oó]n|indirizzo|endere[cç]o|hosts?|hostname|servers?|serveur|servidor|clients?|nodes?|peers?|gateways?|routers?|switch|dns|resolvers?|nameservers?|subnets?|networks?|prox(?:y|ies)|firewalls?|vpn|lan|wan|inet|arp|dhcp|icmp|tcp|udp|https?|ssh(?:d|ed)?|ftp|smtp|ping(?:ed|ing)?|traceroute|curl|wget|telnet|nc|nslookup|dig|whois|connect(?:ed|ing|ion|ions)?|disconnect(?:ed)?|log(?:ged)?[ -]?in|logins?|sign(?:ed)?[ -]?in|sessions?|requests?|traffic|packets?|visitors?|users?|attack(?:s|er|ers)?|block(?:ed|list)?|ban(?:ned)?|allow(?:ed|list)?|deny|denied|reject(?:ed)?|accept(?:ed)?|listen(?:ing|s)?|bind|bound|src|dst|source|destination|remote|origin|forwarded|x-real-ip|resolv(?:es|ed)|points? to|route[sd]?|via|reached?|unreachable|machine|device|camera|printer|came)\b[^\n]*$/i;
/** `2026-11-30T12:00:00Z 1.2.3.4`: a line of a log. */
const TIME = /\d\d:\d\d:\d\d[^ ]* (?:\S{1,24} ){0,2}\[?$/;
/** `from 1.2.3.4 to 1.2.3.5`. */
const TO_ANOTHER = /^ ?(?:to|->|→) ?v?\d+\.\d/;
const CHANGED = /\b(?:up|down)(?:dat|grad)|\bbump|\binstall/i;

/**
 * Whether the nearest words call it a version: `updated to 40.2.3.4`, but not `updated by 40.1.2.3`. A second number
 * that few versions have needs clearer words: records are updated to `40.77.3.4`.
 */
function isVersion(lead: string, clear: boolean): boolean {
  const words = clear ? CLEAR_WORDS : VERSION_WORDS;
  const [last = '', second = ''] = wordsOfText(lead).reverse();
  return words.has(last) || (LINKS.has(last) && words.has(second));
}

const LEAD = 64;
/** `fileVersion: 1.2.3.4`, `Chrome 120.2.3.4`, `lib>=1.2.3.4`. */
const CALLED_VERSION =
  /(?:version|\b(?:chrom(?:e|ium)|firefox|safari|edge|opera|electron|webkit|openssl|jdk|jre))["']?\s?[:=]?\s?["']?$|[=<>~!]=\s?$|~>\s?$|\^$/i;
/** `registry.example/app:1.2.3.4`, `image: app:1.2.3.4`: the tag of a container's image. */
const IMAGE = /(?:^|[\s"'=])[\w.-]+(?:\/[\w.-]+)+:$|\b(?:image|docker|podman)\b[^\n]{0,24}[\w-]:$/i;
const VERSION_WORDS = set(VERSIONS);
const CLEAR_WORDS = set('version versions ver v release released build firmware assembly oid rfc');
const LINKS = set('is was no nr num number of to the than since until before after through');

/** `Name/120.2.3.4`, as in user agents, but not a host's name before its address. */
function isProduct(lead: string): boolean {
  return /(?:^|[\s("'])\p{Lu}[\w-]*\/$/u.test(lead);
}
