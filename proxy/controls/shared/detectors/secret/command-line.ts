/** Passwords in options of commands: `curl -u name:password`, `mysql -ppassword`, `sshpass -p password`. */
import { isCode } from './code.ts';
import { looksSecret } from './looks.ts';
import { PASSWORD } from './names.ts';
import { type Value, valueAt } from './values.ts';
import { COLON, EQUALS, HYPHEN, SPACE } from './words.ts';

/** How far before its option a command may be. */
const REACH = 256;
/** A command before an option; shells' separators and lines end it. */
const command = (names: string): RegExp => new RegExp(`\\b(?:${names})\\s[^\\n|;]*$`);

const USER = /^-(?:u|U|a|-auth|-user|-proxy-user|-credentials)$/;
const WITH_USER = command('curl|wget|https?|xh|ab|siege|lftp|smb\\w+|rpcclient|wmic|winexe|net');
const WITH_PORT = '(?!ort|ath|rint|roject|ub|rofile|refix|assword|ackage|arallel|reserve|retty|lugin|rocess)';
const GLUED = command('mysql\\w*|mariadb[\\w-]*|sshpass|7za?r?|7z\\w+|(?:un)?rar|mongo\\w*|sqlcmd|osql|bcp');
/** Options that have a password after a space, by the commands that take it. */
const SEPARATE: ReadonlyMap<string, RegExp> = new Map([
  [
    '-p',
    command(
      'sshpass|(?:docker|podman|helm|oc|az|nerdctl|skopeo|buildah)\\s+(?:registry\\s+)?login|mongo\\w*|cqlsh|psexec(?:64)?(?:\\.exe)?',
    ),
  ],
  ['-a', command('redis-cli|ipmitool')],
  ['-w', command('ldap\\w+|smbclient|nmcli')],
  [
    '-P',
    command('(?:un)?zip|7za?|sqlcmd|osql|isql|bcp|fisql|tsql|freebcp|ipmi\\w+|mosquitto_\\w+|psexec(?:64)?(?:\\.exe)?'),
  ],
  ['-pw', command('(?:plink|pscp|psftp|putty|kitty|winscp)(?:\\.exe|\\.com)?')],
  ['-k', command('openssl')],
  ['-c', command('snmp(?:walk|get|getnext|set|bulkwalk|bulkget|table|trap|status|df|delta)')],
  ['-A', command('snmp\\w+')],
  ['-X', command('snmp\\w+')],
  ['--body', command('gh\\s+secret\\s+set')],
  ['--pass', command('[\\w.-]+')],
]);
/** A user before, so that the password follows; a process, a port, a folder and a file are none. */
const PAIRED = /\s(?:-[uUl]|--?user(?:name)?|--login)(?:\s+|=)["']?[^\s"'-][^\s"']{0,63}["']?\s[^\n|;]*$/;
const PAIRED_OPTION = /^-(?:p|P|w|pw)$/;
const PLACE = /^[\d:.,/-]+$|[/\\]|^[\w-]+\.[a-z]{2,5}$|^\w+(?:=|:\w)|^v?\d+(?:\.\d+)+/;

/** The first letters of the options above, and of those below. */
const OPTIONS = 'puUaAwPkSXcth-';

/** @param start of a word that begins with a hyphen */
export function argument(text: string, start: number, end: number): Value | undefined {
  const option = text.charCodeAt(start + 1);
  if (!OPTIONS.includes(String.fromCharCode(option))) return undefined;
  const name = text.slice(start, Math.min(end, start + 16));
  const next = text.charCodeAt(end);
  if (USER.test(name) && (next === SPACE || next === EQUALS)) {
    const password = userPassword(text, start, end + 1);
    if (password !== undefined || option !== 0x61) return password;
  }
  if (option === HYPHEN) return longOption(text, start, end, name, next);
  // `-ubob:…`
  if (option === 0x75) return end - start > 2 && next === COLON ? userPassword(text, start, start + 2) : undefined;
  if (option === 0x55) return undefined;
  const line = text.slice(Math.max(0, start - REACH), start);
  const separate = SEPARATE.get(name);
  if (end - start > 2 && separate === undefined) {
    const glued = GLUED_OPTION.exec(name)?.[0].length;
    return glued !== undefined && GLUED.test(line) ? checked(text, start + glued) : undefined;
  }
  if (next === 0x27 || next === 0x22)
    return (option === 0x70 || option === 0x50) && GLUED.test(line) ? checked(text, end + 1) : undefined;
  if (option === 0x53) return next === SPACE ? piped(text, start, TO_SUDO) : undefined;
  if (next !== SPACE) return undefined;
  const quote = text.charCodeAt(end + 1);
  const from = quote === 0x27 || quote === 0x22 ? end + 2 : end + 1;
  if (separate?.test(line) === true) return checked(text, from);
  if (!PAIRED_OPTION.test(name) || !PAIRED.test(line)) return undefined;
  const value = checked(text, from);
  return value === undefined || !isPassword(text.slice(value.start, value.end)) ? undefined : value;
}
const GLUED_OPTION = new RegExp(`^-(?:hp|[pP])${WITH_PORT}`);
/** Of an unknown command: neither a word nor a place. */
const isPassword = (found: string): boolean => !PLACE.test(found) && /[^A-Za-z_-]/.test(found);

function longOption(text: string, start: number, end: number, name: string, next: number): Value | undefined {
  if (text.startsWith('--with-token', start)) return given(text, end) ?? piped(text, start, TO_LOGIN);
  if (text.startsWith('--password-stdin', start)) return piped(text, start, TO_LOGIN);
  const separate = next === SPACE || next === EQUALS ? SEPARATE.get(name) : undefined;
  if (separate?.test(text.slice(Math.max(0, start - REACH), start)) !== true) return undefined;
  const quote = text.charCodeAt(end + 1);
  return checked(text, quote === 0x27 || quote === 0x22 ? end + 2 : end + 1);
}

/** `gh auth login --with-token <<< …` */
function given(text: string, end: number): Value | undefined {
  HERE.lastIndex = end;
  return HERE.test(text) ? checked(text, HERE.lastIndex) : undefined;
}
const HERE = /\s{1,4}<<<\s?["']?/y;

/** `echo … | sudo -S` */
function piped(text: string, start: number, pattern: RegExp): Value | undefined {
  const match = pattern.exec(text.slice(Math.max(0, start - REACH), start));
  const found = match?.[2];
  if (match === null || found === undefined || !looksSecret(found, PASSWORD, 'quoted')) return undefined;
  const from = start - match[0].length + (match[1]?.length ?? 0);
  return { start: from, end: from + found.length, where: 'quoted' };
}
const ECHOED = `(\\b(?:echo|printf)\\s+["']?)([^\\s"'|$]{1,128})["']?\\s{0,4}\\|\\s{0,4}`;
const TO_SUDO = new RegExp(`${ECHOED}sudo\\s$`);
const TO_LOGIN = new RegExp(`${ECHOED}(?:sudo )?(?:docker|podman|helm|oras|crane|gh|glab|nerdctl)\\s[^\\n|;]{0,200}$`);

function checked(text: string, from: number): Value | undefined {
  const value = valueAt(text, from, from, NO_LABEL);
  const found = text.slice(value.start, value.end);
  return looksSecret(found, PASSWORD, 'quoted') && !isCode(text, value, found) ? value : undefined;
}

const NO_LABEL = { hints: PASSWORD, parameter: false };

/** `-u name:…`; Samba's tools have `%` between them, lftp a comma. */
function userPassword(text: string, start: number, from: number): Value | undefined {
  if (!WITH_USER.test(text.slice(Math.max(0, start - REACH), start))) return undefined;
  const quote = text.charCodeAt(from);
  const begin = quote === 0x27 || quote === 0x22 ? from + 1 : from;
  const value = valueAt(text, begin, begin, NO_LABEL);
  const joint = text.slice(value.start, value.end).search(/[:%,]/);
  if (joint < 0) return undefined;
  const password = text.slice(value.start + joint + 1, value.end);
  if (!looksSecret(password, PASSWORD, 'quoted') || isCode(text, value, password)) return undefined;
  return { ...value, start: value.start + joint + 1 };
}
