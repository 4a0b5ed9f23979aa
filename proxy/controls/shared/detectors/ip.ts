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
    if (!isDotted(text, runs, i)) continue;
    // Read all numbers that dots join: five of them are not an address.
    let last = i + 1;
    while (last + 1 < runs.count && last < i + FAR && isDotted(text, runs, last)) last++;
    if (last === i + 3 && isAddress(text, runs, i, evidence) && !isSomethingElse(text, runs.start(i), evidence)) {
      spans = added(spans, runs.start(i), runs.end(last), 'ip');
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

function isDotted(text: string, runs: Runs, i: number): boolean {
  return runs.start(i + 1) === runs.end(i) + 1 && text.charCodeAt(runs.end(i)) === DOT;
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
  return (
    isPadded(text, runs, first, evidence) &&
    opensAddress(text, runs.start(first)) &&
    (closes(text, runs.end(first + 3)) || isRange(text, runs, first))
  );
}

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

function isSomethingElse(text: string, start: number, evidence: Evidence | undefined): boolean {
  const hints = hintsOf(evidence);
  if (hints & ADDRESS) return false;
  if (hints & PHONE || /\+\d{1,3}[ .]$/.test(text.slice(Math.max(0, start - 5), start))) return true;
  // `Chrome/120.0.6.7` is a version; `//10.1.2.3` and `host/10.1.2.3` are addresses.
  const before = text.charCodeAt(start - 1);
  if (before === 0x2f && isWord(text.charCodeAt(start - 2))) return isProduct(text, start);
  if (before === 0xa7) return true;
  const lead = text.slice(Math.max(0, start - LEAD), start);
  if (before === COLON && IMAGE.test(lead)) return true;
  if (VERSION_LIKE.test(text.slice(start, start + LEAD)) && ABOUT_VERSIONS.test(lead)) return true;
  if (HEADING.test(lead) && /^[\d.]+\]?(?: \(| - | – |, )\d/.test(text.slice(start, start + LEAD))) return true;
  if (CALLED_VERSION.test(lead) || NEWER.test(text.slice(start, start + LEAD))) return true;
  const label = labelBefore(text, start);
  if (label & ADDRESS) return false;
  if (text.startsWith(' to ', start - 4) && CHANGED_TO.test(text.slice(Math.max(0, start - LEAD), start))) return true;
  return ((label & VERSION) !== 0 && isVersion(text, start)) || ((hints & VERSION) !== 0 && start < 3);
}

/**
 * Whether the nearest words call it a version: `updated to 1.2.3.4`, but not `updated by 10.1.2.3`. A word for versions
 * that is farther away says little.
 */
function isVersion(text: string, start: number): boolean {
  const [last = '', second = ''] = wordsOfText(text.slice(Math.max(0, start - LEAD), start)).reverse();
  if (VERSION_WORDS.has(last)) return true;
  if (last === 'from')
    return CHANGED.test(second) && /^[\d.]+ ?(?:to|->|→) ?v?\d/.test(text.slice(start, start + LEAD));
  return LINKS.has(last) && VERSION_WORDS.has(second);
}

const LEAD = 64;
/** `fileVersion: 1.2.3.4`, `Chrome 1.2.3.4`, `lib>=1.2.3.4`. */
const CALLED_VERSION =
  /(?:version|\b(?:chrom(?:e|ium)|firefox|safari|edge|opera|electron|webkit|openssl|jdk|jre))["']?\s?[:=]?\s?["']?$|[=<>~!]=\s?$|~>\s?$|\^$/i;
/** `registry.example/app:1.2.3.4`, `image: app:1.2.3.4`: the tag of a container's image. */
const IMAGE = /(?:^|[\s"'=])[\w.-]+(?:\/[\w.-]+)+:$|\b(?:image|docker|podman)\b[^\n]{0,24}[\w-]:$/i;
/** Small parts, and no private network. */
const VERSION_LIKE = /^(?!10\.|127\.|169\.|172\.|192\.)(?:[1-5]?\d\.)(?:\d{1,2}\.){2}\d{1,2}(?![\d.])/;
/** Words, products and the names of images directly before a version: `nginx 1.25.3.1`, `fixed in 1.2.3.4`, `alpine:3.12.0.1`. */
const ABOUT_VERSIONS =
  /(?:\b(?:tag(?:ged)?|rev(?:ision)?|sdk|api|patch|hotfix|bump(?:ed)?|checkout|chart|plugin|kernel|module|package|library|app|image|since|until|before|after|fixed|introduced|added|removed|deprecated|changes|notes|downgraded?|upgraded?|updated?|migrated?|nginx|apache|httpd|oracle|mysql|mariadb|postgres(?:ql)?|redis|mongo(?:db)?|kafka|tomcat|node(?:js)?|python|php|ruby|perl|java|golang|dotnet|\.net|linux|windows|macos|android|ios|ubuntu|debian|alpine|centos|docker|kubernetes|terraform|ansible|jenkins|gradle|maven|npm|yarn|webpack|react|angular|vue|django|rails|spring|elasticsearch|logstash|kibana|grafana|prometheus)(?: (?:to|in|for|at|is|is now|now|as|version|from))?:? ["'v]?|(?:^|[\s"'=])(?!(?:\w*(?:ip|ipv4|addr|address|host|server|client|src|dst|source|dest|destination|from|to|peer|remote|gateway|dns|proxy|listen|bind|login|https?|tcp|udp|ssh)):)[a-z][\w.-]*:)$/i;
/** The heading of a change log. */
const HEADING = /(?:^|\n)(?:#{1,4} )?\[?v?$/;
/** `1.2.3.4 or newer`. */
const NEWER = /^[\d.]+(?:\+| (?:or|and) (?:newer|later|older|higher|lower|above|below|earlier|greater|up)\b)/i;
const VERSION_WORDS = set(VERSIONS);
const CHANGED = /^(?:up|down)(?:dat|grad)/;
const CHANGED_TO = /(?:up|down)(?:dat|grad)[a-z]{0,3}(?: [^ ]{1,24}){0,3} to v?$/i;
const LINKS = set('is was no nr num number of the than since until before after through');

/** `Name/1.2.3.4`, as in user agents, but not a host's name before its address. */
function isProduct(text: string, start: number): boolean {
  return /(?:^|[\s("'])\p{Lu}[\w-]*\/$/u.test(text.slice(Math.max(0, start - 40), start));
}
