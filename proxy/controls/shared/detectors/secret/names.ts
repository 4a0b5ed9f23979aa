import { SECRETS } from '../names/secret-words.ts';
/** Derives from a name's words whether its value is a secret: a password, a machine's secret, or a key of some kind. */
import { CODE_NAMES, KEYS, kindAbroad, LAST_WORDS, PASSWORDS } from '../names/secret.ts';
import { fold, set, type Words } from '../names/split.ts';
import { hintsAtSecret } from './weak-names.ts';

/** A machine's secret. */
export const SECRET = 1 << 5;
/** A token or a key of some kind: a secret if its value looks like one. */
export const KEY = 1 << 6;
/** A password, whatever its value looks like. */
export const PASSWORD = 1 << 11;
/** `pwd`: a password, or a working directory. */
export const FOLDER = 1 << 12;

/** A code for one login or a recovery, or a PIN: mostly digits. */
export const CODE = 1 << 17;

/** With `CODE`: the code on a payment card, of three or four digits. */
export const CARD_CODE = 1 << 18;

/** A name that only hints at a secret: its value must be more random than ids are. */
export const GUESS = 1 << 19;

/** A password and what it is for: its value must look like one that somebody or a program made. */
export const MADE = 1 << 27;

/** What is known about a password, such as its hash: only a value with a password's signs is one. */
export const SIGNS = 1 << 28;

/** Also several words in one: `motdepasse` is `mot de passe`. In other languages: `../names/secret.ts`. */
const PASSWORD_WORDS =
  set(`password passwords passwd pswd passwort kennwort pwd passphrase passcode pass pw psw mdp psk presharedkey mnemonic seedphrase recoveryphrase recoverywords seedwords secretphrase
  secretword secretanswer securityanswer memorableword memorablewords pword passwrd pwrd networkkey wifikey wlankey wepkey wpakey wpapsk securestring converttosecurestring snmpcommunity snmpservercommunity communitystring
  rocommunity rwcommunity readcommunity writecommunity sharedpassword clave claveacceso clavedeacceso chaveacesso palabraclave κωδικός codiceaccesso bindcredentials requirepass masterauth 비번`);
const SECRET_WORDS =
  set(`secret secrets clientsecret appsecret apikey apikeys apitoken secretkey accesskey privatekey secretaccesskey authtoken authkey appkey idtoken accesstoken refreshtoken
  sessiontoken securitytoken bearertoken sastoken personalaccesstoken privatetoken codeverifier authident googsignature clientassertion samlassertion samlresponse bearer credential credentials creds authorization accountkey sharedaccesskey licensekey amzsignature
  consumerkey masterkey recoverykey unsealkey otpseed totpseed totpsecret otpsecret sak sas pepper hmac cookiesecret privkey hapikey accesskeys secretstring secretvalue secretbinary secretdata secretcontent keymaterial sessioncookie authcookie resettoken astracs`);
const KEY_WORDS = set(
  'token tokens tok tkn sk ak jwt key keys auth authentication pat pem pkcs pkcs7 pkcs8 pkcs12 pfx p12 seed psk jsessionid phpsessid gitlabsession laravelsession cisession cert certs certificate clientcert keytab',
);
/** Words that make a `key` secret. */
const SECRET_KEYS =
  set(`api access secret private auth encryption encrypt signing account shared master service subscription license licence app application client storage
  webhook deploy deployment admin server ssh rsa ssl tls hmac crypto decrypt decryption cipher aes ed25519 ecdsa jwt jws jwe jwk cookie session totp otp mfa
  2fa root activation product registration provisioning enrollment enrolment ingest ingestion integration instrumentation function functions vault kms
  unseal recovery wallet bot push vapid fcm consumer login security npm github gitlab openai stripe sendgrid twilio datadog sentry`);
/** Words that make a `token`, `key` and the like not secret. */
const NOT_KEYS =
  set(`next previous prev page pagination continuation sync progress cursor public primary foreign sort partition range hash count total max min limit used usage
  input output prompt completion budget id ids name names type expiry expires expiration expire ttl url uri endpoint hint policy length strength idempotency cache object bucket
  row index map translation message i18n version ref reference required field label kind status age score reset changed updated created at on enabled rotation date time csv
  path file format prefix alias description title gpg pgp recv fingerprint thumbprint device host own`);
const CARD_CODES = set(
  'cvv cvv2 cvc cvc2 cvn csc cardcode cardcvv cardcvc securitycode cardsecuritycode cardverificationvalue cardverificationcode prüfziffer kartenprüfnummer',
);
/** Words that make even a password a question or a setting. A presigned URL's credential is an id. */
const NOT_SECRETS = set(
  'public publishable has show hide use require requires allow forgot forgotten without amzcredential',
);
/** Words after which a name means the same. */
const SUFFIXES =
  set(`value values plain plaintext base64 b64 encoded hex raw text current old new primary secondary base confirm confirmation again repeat i ı u ü prod production
  dev staging test live wo str txt clear cleartext enc encrypted decrypted default temp temporary initial override again retype verify header content data json pem v2 bundle chain`);

/** @param all words as `wordsOf` gives them */
export function secrecy(all: readonly string[], isPhrase: boolean): number {
  // `passwordInOptions` and `authSchemeProvider` are something else: the last word counts, or the one before `…Value`.
  let length = all.length;
  while (length > 1 && (SUFFIXES.has(all[length - 1] ?? '') || /^(?:\d+|c)$/.test(all[length - 1] ?? ''))) length--;
  const words = all.slice(0, length);
  // Terraform's values that are written and never read; `plaintextValue`.
  const own = all.at(-1) === 'wo' || PLAINTEXT.test(all.join('')) ? KEY : 0;
  const named = secrecyOf(words);
  if (named !== 0) return named;
  if (own !== 0 && !words.some((word) => NOT_KEYS.has(word) && word !== 'id')) return own;
  // `create secret generic db --from-literal=password=…`: words before an option name no value.
  if (isPhrase) return 0;
  const within = secrecyWithin(words);
  return within === 0 && hintsAtSecret(all) ? GUESS : within;
}

/**
 * A secret's name and what it is for or where it is: `nodePassIn`, `authApiKeyInHeader`. Such a name may also be that of
 * a setting, so the value must look like a key.
 */
function secrecyWithin(words: readonly string[]): number {
  if (words.length < 2 || words.length > MOST_WITHIN || !WITHIN.test(words.join(''))) return 0;
  let isAbout = false;
  for (let end = words.length - 1; end > 0; end--) {
    const after = words[end] ?? '';
    isAbout ||= NOT_KEYS.has(after) || NOT_WITHIN.has(after);
    const named = secrecyOf(words.slice(0, end)) & (PASSWORD | SECRET);
    if (named !== 0) return (isAbout ? 0 : KEY) | (named & PASSWORD ? (isAbout ? SIGNS : MADE) : 0);
  }
  return 0;
}
/** Most names have none of these letters. */
const WITHIN = /pass|pw|psk|secret|token|key|cred/;
const MOST_WITHIN = 8;
/** What is known about a secret, and what refers to one. */
const NOT_WITHIN = set(
  `reference references arn locator digest checksum etag sha sha1 sha256 sha512 md5 memory days hours minutes seconds sec count characters chars complex
  identity user username provider manager service store options config configuration settings rule rules claims mode method algorithm alg position
  signature thumbprints serial issuer subject origin source template guid uuid oid policies group groups role roles param parameter`,
);

const PLAINTEXT = /^plaintext(?:value|data|content|secret)$|^key(?:data|content|pem|base64|b64)$/;

function secrecyOf(words: readonly string[]): number {
  const last = (words.at(-1) ?? '').replace(/(?<=\p{L})\d+$/u, '');
  const two = (words.at(-2) ?? '') + last;
  const three = (words.at(-3) ?? '') + two;
  const joined = words.join('');
  const is = (set: Words): boolean => set.has(last) || set.has(two) || set.has(three) || set.has(joined);
  if (joined === 'pwd') return PASSWORD | SECRET | FOLDER;
  if (NO_PASSWORD.test(joined) || words.some((word) => NOT_SECRETS.has(word)) || NOT_SECRETS.has(two)) return 0;
  if (is(PASSWORD_WORDS) || GLUED.test(last)) return PASSWORD | SECRET;
  if (is(SECRET_WORDS)) return SECRET;
  const [, glued = '', kind] = /^(.+?)(secret|token|key)$/.exec(last) ?? [];
  if (kind === 'secret' || SECRET_KEYS.has(glued)) return SECRET;
  if (CARD_CODES.has(last) || CARD_CODES.has(two) || CARD_CODES.has(joined)) return CODE | CARD_CODE;
  const abroad = HINTS[kindAbroad(words) ?? 'none'];
  if (abroad !== 0) return abroad;
  if (
    TOKENS.test(words[0] ?? '') &&
    words.length > 1 &&
    !words.some((word) => NOT_KEYS.has(word) || NOT_TOKENS.has(word))
  )
    return KEY;
  // A key that nothing else describes is that of a table or a file.
  if (!KEY_WORDS.has(last) || joined === 'key' || joined === 'keys' || words.some((word) => NOT_KEYS.has(word)))
    return 0;
  return words.some((word) => SECRET_KEYS.has(word)) ? SECRET : KEY;
}

/** In other languages it is the first word: `token penyegaran`. */
const TOKENS = /^(?:token|jeton|zeton)$/;
/** Of money, and of texts. */
const NOT_TOKENS = set(
  'address contract mint symbol supply owner network provider audience issuer scopes claims ring price amount text',
);

const HINTS = { password: PASSWORD | SECRET, secret: SECRET, key: KEY, code: CODE, none: 0 } as const;

/** `NOPASSWD:` in sudoers; a number that WebSocket's handshake uses once. */
const NO_PASSWORD = /^nopass|websocketkey$/;

/** `userpassword`, `loginpass`, `bindpw`. */
const GLUED =
  /pass(?:word|wd|wort|phrase|code)s?$|^(?:user|login|root|admin|db|ftp|smtp|mail|store|key|sql|bind|auth|ldap|wifi|become|sudo|vault|redis|priv|private|upload|download|auth|account|enable|console|backup|net|remote|share|cluster|repl|replica|master|slave|guest|u|user|node|wlan|wpa|ap|sip|pppoe|l2tp|ipsec|tunnel|keystore|truststore|cert|vnc|rdp|irc|imaps?|pop3?|git|svn|api|nexus|jenkins|rabbit|rabbitmq|amqp|mqtt|kerberos|krb|zabbix|tomcat|oracle|mssql|sqlserver|postgres|mariadb|influx|elastic|kibana|grafana|nas|cam|camera|router|modem|switch|snmp|dns|acme|jdbc|odbc|dsn|mysql|pg|mongo|imap|ssh|vpn|proxy|svc|service|cert|trust|http|web|sys|snmp|app)(?:pass|pwd?|psk)$/;

/** Words with which a label may end. */
export function labelWords(): readonly string[] {
  const abroad = `${PASSWORDS} ${KEYS} ${SECRETS} ${CODE_NAMES} ${LAST_WORDS}`;
  return [PASSWORD_WORDS, SECRET_WORDS, KEY_WORDS]
    .flatMap((words) => [...words])
    .concat(
      // Accents may be written or not.
      `${abroad} ${fold(abroad)} code kod kode pin puk otp answer cvv cvc cvv2 cvc2`.split(/\s+/),
    );
}
