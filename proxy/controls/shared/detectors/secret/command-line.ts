/** Passwords in arguments of commands: `curl -u name:password`, `mysql -ppassword`, `sshpass -p password`. */
import { isCode } from './code.ts';
import { looksSecret } from './looks.ts';
import { PASSWORD } from './names.ts';
import { type Value, valueAt } from './values.ts';
import { COLON, EQUALS, HYPHEN, SPACE } from './words.ts';

/** How far before its option a command may be. */
const REACH = 256;
const USER = /^-(?:u|U|a|-auth|-user|-proxy-user|-credentials)$/;
const WITH_USER = /\b(?:curl|wget|https?|xh|ab|siege|lftp)\s[^\n|;]*$/;
const GLUED = /\b(?:mysql\w*|mariadb[\w-]*|sshpass|7za?|mongo\w*)\s[^\n|;]*$/;
const SEPARATE =
  /\b(?:sshpass|(?:docker|podman|helm|oc|az)\s+(?:registry\s+)?login|redis-cli|mongo\w*|ldap\w+|unzip|zip|psexec(?:64)?(?:\.exe)?)\s[^\n|;]*$/;

/** `openssl enc -k …` */
const KEY_OF = /\bopenssl\s[^\n|;]*$/;
/** -p, -u, -U, -a, -w, -P, -k, -S, --user, --proxy-user */
const OPTIONS = 'puUawPkS-';

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
  if (option === HYPHEN && text.startsWith('--with-token', start))
    return given(text, end) ?? piped(text, start, TO_LOGIN);
  if (option === HYPHEN && text.startsWith('--password-stdin', start)) return piped(text, start, TO_LOGIN);
  if (option === HYPHEN || option === 0x75 || option === 0x55) return undefined;
  const line = text.slice(Math.max(0, start - REACH), start);
  if (end - start > 2) {
    if (option === 0x70 && !/^-p(?:ort|assword|ath|rint|roject|ub\w*|rofile|refix)/.test(name) && GLUED.test(line))
      return checked(text, start + 2);
    return undefined;
  }
  if (next === 0x27 || next === 0x22) return option === 0x70 && GLUED.test(line) ? checked(text, end + 1) : undefined;
  if (option === 0x53) return next === SPACE ? piped(text, start, TO_SUDO) : undefined;
  if (next !== SPACE || !(option === 0x6b ? KEY_OF : SEPARATE).test(line)) return undefined;
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

function userPassword(text: string, start: number, from: number): Value | undefined {
  if (!WITH_USER.test(text.slice(Math.max(0, start - REACH), start))) return undefined;
  const quote = text.charCodeAt(from);
  const begin = quote === 0x27 || quote === 0x22 ? from + 1 : from;
  const value = valueAt(text, begin, begin, NO_LABEL);
  const pair = text.slice(value.start, value.end);
  const colon = pair.indexOf(':');
  if (colon < 0 || text.charCodeAt(value.start + colon) !== COLON) return undefined;
  const password = pair.slice(colon + 1);
  if (!looksSecret(password, PASSWORD, 'quoted') || isCode(text, value, password)) return undefined;
  return { ...value, start: value.start + colon + 1 };
}
