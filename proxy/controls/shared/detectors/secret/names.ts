/** Derives from a name's words whether its value is a secret: a password, a machine's secret, or a key of some kind. */
import { isPasswordInScript, PASSWORDS } from '../names/secret.ts';
import { fold, set, type Words } from '../names/split.ts';

/** A machine's secret. */
export const SECRET = 1 << 5;
/** A token or a key of some kind: a secret if its value looks like one. */
export const KEY = 1 << 6;
/** A password, whatever its value looks like. */
export const PASSWORD = 1 << 11;
/** `pwd`: a password, or a working directory. */
export const FOLDER = 1 << 12;

/** Also several words in one: `motdepasse` is `mot de passe`. In other languages: `../names/secret.ts`. */
const PASSWORD_WORDS =
  set(`password passwords passwd pswd passwort kennwort pwd passphrase passcode pass pw psw mdp psk presharedkey mnemonic seedphrase recoveryphrase contraseña contrasenya
  clave claveacceso clavedeacceso senha palavrapasse motdepasse motpasse wachtwoord codiceaccesso bindcredentials ${PASSWORDS}`);
const SECRET_WORDS =
  set(`secret secrets clientsecret appsecret apikey apikeys apitoken secretkey accesskey privatekey secretaccesskey authtoken authkey appkey idtoken accesstoken refreshtoken
  sessiontoken securitytoken bearertoken bearer credential credentials creds authorization accountkey sharedaccesskey licensekey amzsignature
  clésecrète cléapi clésapi clavesecreta claveapi clavedeapi chaveapi chavesecreta chavedeapi chiaveapi chiavesegreta apischlüssel geheimnis geheimschlüssel секрет секретныйключ ключapi kluczapi klíčapi klicapi kľúčapi apiklíč sleutelapi apisleutel apinyckel apinøgle apinøkkel ключдоступа`);
const KEY_WORDS =
  set(`token tokens tok jwt key keys auth jeton токен ключ schlüssel clé chave chiave sleutel klucz jsessionid phpsessid gitlabsession laravelsession
  cisession`);
/** Words that make a `key` secret. */
const SECRET_KEYS =
  set(`api access secret private auth encryption encrypt signing account shared master service subscription license licence app application client storage
  webhook deploy deployment admin server ssh rsa ssl tls`);
/** Words that make a `token`, `key` and the like not secret. */
const NOT_KEYS =
  set(`next previous prev page pagination continuation sync progress cursor public primary foreign sort partition range hash count total max min limit used usage
  input output prompt completion budget id ids name names type expiry expires expiration expire ttl url uri endpoint hint policy length strength idempotency cache object bucket
  row index map translation message i18n version ref reference required field label kind status age score reset changed updated created at on enabled rotation date time csv
  path file format prefix alias description title gpg pgp recv fingerprint thumbprint device host own`);
/** Words that make even a password a question or a setting. A presigned URL's credential is an id. */
const NOT_SECRETS = set(
  'public publishable has show hide use require requires allow forgot forgotten without amzcredential',
);
/** Words after which a name means the same. */
const SUFFIXES =
  set(`value values plain plaintext base64 b64 encoded hex raw text current old new primary secondary base confirm confirmation again repeat prod production
  dev staging test live`);

/** In scripts without spaces between words: anywhere in a name. */
let secretInScript: RegExp | undefined;

function isSecretInScript(name: string): boolean {
  if (!/[\u2e80-\uffff]/.test(name)) return false;
  secretInScript ??= new RegExp(
    '密钥|密鑰|秘钥|秘密鍵|令牌|トークン|シークレット|APIキー|토큰|비밀키|시크릿'.split('|').map(fold).join('|'),
    'u',
  );
  return secretInScript.test(name);
}

/** @param all words as `wordsOf` gives them */
export function secrecy(all: readonly string[]): number {
  // `passwordInOptions` and `authSchemeProvider` are something else: the last word counts, or the one before `…Value`.
  let length = all.length;
  while (length > 1 && (SUFFIXES.has(all[length - 1] ?? '') || /^(?:\d+|c)$/.test(all[length - 1] ?? ''))) length--;
  const words = all.slice(0, length);
  const last = (words.at(-1) ?? '').replace(/(?<=\p{L})\d+$/u, '');
  const two = (words.at(-2) ?? '') + last;
  const three = (words.at(-3) ?? '') + two;
  const joined = words.join('');
  const is = (set: Words): boolean => set.has(last) || set.has(two) || set.has(three) || set.has(joined);
  if (joined === 'pwd') return PASSWORD | SECRET | FOLDER;
  if (words.some((word) => NOT_SECRETS.has(word)) || NOT_SECRETS.has(two)) return 0;
  if (is(PASSWORD_WORDS) || GLUED.test(last)) return PASSWORD | SECRET;
  if (is(SECRET_WORDS)) return SECRET;
  if (isPasswordInScript(joined)) return PASSWORD | SECRET;
  if (isSecretInScript(joined)) return SECRET;
  // A key that nothing else describes is that of a table or a file.
  if (!KEY_WORDS.has(last) || joined === 'key' || joined === 'keys' || words.some((word) => NOT_KEYS.has(word)))
    return 0;
  return words.some((word) => SECRET_KEYS.has(word)) ? SECRET : KEY;
}

/** `userpassword`, `loginpass`. */
const GLUED = /pass(?:word|wd|wort|phrase)$|^(?:user|login|root|admin|db|ftp|smtp|mail|store|key|sql)pass$/;

/** Words with which a label may end. */
export function labelWords(): readonly string[] {
  return [...PASSWORD_WORDS, ...SECRET_WORDS, ...KEY_WORDS];
}
