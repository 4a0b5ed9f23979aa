/** Derives from a field's name what its value may be, for many spellings and languages. */
import { Cache } from '../../../base/cache.ts';
import { namesBeside, namesOfItem } from './beside.ts';
import type { Evidence, Holder } from './detector.ts';

export const PHONE = 1;
export const CARD = 1 << 1;
export const SSN = 1 << 2;
export const BIRTH = 1 << 3;
export const PASSPORT = 1 << 4;
/** A password, whatever its value looks like. */
export const PASSWORD = 1 << 11;
/** A machine's secret. */
export const SECRET = 1 << 5;
/** A token or a key of some kind: a secret if its value looks like one. */
export const KEY = 1 << 6;
/** An id, an amount, a time or a place: its digits do not identify a person. */
export const OTHER = 1 << 7;
/** A version. */
export const VERSION = 1 << 8;
/** Says nothing alone; the enclosing field decides. */
const GENERIC = 1 << 9;
/** A date of something; the enclosing field may say that it is of birth. */
const DATED = 1 << 13;
/** A number of some document; a name beside it may say of which. */
const NUMBERED = 1 << 14;
export const ADDRESS = 1 << 10;
/** `pwd`: a password, or a working directory. */
export const FOLDER = 1 << 12;

/** What personal data and secrets are called. */
export const POSITIVE = PHONE | CARD | SSN | BIRTH | PASSPORT | PASSWORD | SECRET | KEY | ADDRESS;
/** Levels above a value that are read while each of them says nothing. */
const FAR = 12;

/**
 * The hints of the nearest field. If it says nothing, those of a name beside the value, of its column's heading, or of
 * the enclosing field.
 */
export function hintsOf(evidence: Evidence | undefined): number {
  const field = evidence?.field;
  if (field === undefined) return 0;
  const own = hintsOfName(field);
  const path = evidence?.path;
  if (path === undefined) return own;
  const last = path.length - 1;
  if ((own & (GENERIC | DATED | NUMBERED)) === 0 && typeof path[last] !== 'number') return own;
  const holders = evidence?.holders ?? NO_HOLDERS;
  let hints = own;
  let isField = true;
  let isItem = true;
  for (let i = last; i >= 0 && i > last - FAR; i--) {
    const segment = path[i] ?? 0;
    const holder = holders[i];
    if (typeof segment === 'number') {
      const named = isItem && holder !== undefined ? hintsOfNames(namesOfItem(path, holders, i)) : 0;
      if (named !== 0) return named & POSITIVE ? named : hints | named;
      isItem = false;
      continue;
    }
    const above = isField ? own : hintsOfName(segment);
    if (!isField || segment !== field) hints |= (own & (GENERIC | DATED)) === DATED ? above & BIRTH : above;
    isField = false;
    const silent = above & (GENERIC | DATED | NUMBERED);
    if (silent === 0) return hints;
    const beside = holder === undefined ? 0 : hintsOfNames(namesBeside(holder, segment));
    const named = silent === NUMBERED ? beside & (SSN | PASSPORT) : silent === DATED ? beside & BIRTH : beside;
    if (named !== 0) return named & POSITIVE ? named : hints | named;
    if (silent === NUMBERED) return hints;
  }
  return hints;
}
const NO_HOLDERS: readonly Holder[] = [];

/** Of names for one thing, the first that says what it is wins; then the first that says what it is not. */
function hintsOfNames(names: readonly string[]): number {
  let negative = 0;
  for (const name of names) {
    const hints = hintsOfName(name);
    if (hints & POSITIVE) return hints;
    if (negative === 0 && (hints & (GENERIC | DATED)) === 0) negative = hints;
  }
  return negative;
}

/** Keys may be data: any number of them, and of any length. */
const MAX_NAME = 64;
const known = new Cache<number>({ maxBytes: 1024 * 1024, maxKey: MAX_NAME });

/** The hints of a name alone. */
export function hintsOfName(name: string): number {
  if (name.length > MAX_NAME) return 0;
  return known.getOrMake(name, (own) => read(wordsOf(own)));
}

/** Splits a name into words: `dateOfBirth`, `date_of_birth` and `Date of birth` give the same. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

export function set(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).flatMap(wordsOf));
}

export const PHONE_WORDS =
  set(`phone phones phonenumber contactnumber telephone telephonenumber tel mobile mobiles mobilephone mobilenumber cell cellphone cellular fax faxnumber msisdn
  whatsapp sms telefon telefonnummer handy handynummer mobilnummer mobil mobiltelefon rufnummer telefono telefone celular movil portable mobiel telefoon
  telefoonnummer cellulare numerotelefono gsm ph tlf telnr telefonnr telefonico recapito komorka komorkowy puhelin puhelinnumero landline caller callee callback e164`);
export const CARD_WORDS =
  set(`card cards cardnumber cardno creditcard creditcardnumber debitcard ccnumber ccnum ccn cc pan kartennummer kreditkarte kreditkartennummer tarjeta
  cartao carte carta numerocarte betaalkaart kartnummer`);
export const SSN_WORDS = set('ssn ssns socialsecurity socialsecuritynumber socialsec socsec ssnumber ssno');
export const BIRTH_WORDS =
  set(`dob birthdate birthday bday dateofbirth born birth geburtsdatum geburtstag geboren naissance datenaissance nacimiento fechanacimiento fechanac cumpleanos nascita
  datanascita nascimento datanascimento geboortedatum fodelsedatum fodselsdato syntymaaika urodzenia`);
const NOT_BIRTH =
  set(`place city country town state location name weight certificate order rate hospital year month ort stadt land lieu ville pays lugar ciudad pais luogo citta
  plaats sign registration id`);
export const PASSPORT_WORDS =
  set(`passport passports passportnumber passportno passportnum passportnr passportid passnummer passnr reisepass reisepassnummer passeport pasaporte passaporto passaporte
  paspoort paspoortnummer paszport`);
const NOT_NUMBER =
  set(`country expiry expires expiration expire date issue issued issuer issuing authority type status valid validity place nationality photo scan image url required
  verified check name kind class`);
const ADDRESS_WORDS = set(
  'ip ips ipaddress ipaddr ipv4 ipv6 remoteaddr remoteaddress clientip sourceip destip host hosts address addr peer gateway subnet cidr',
);
const PASSWORD_WORDS = set(
  `password passwords passwd passwort kennwort pwd passphrase passcode pass pw psw mdp contrasena senha motdepasse wachtwoord haslo losenord mnemonic`,
);
const SECRET_WORDS =
  set(`secret secrets clientsecret appsecret apikey apikeys secretkey accesskey privatekey secretaccesskey authtoken accesstoken refreshtoken bearertoken
  bearer credential credentials authorization accountkey sharedaccesskey`);
const KEY_WORDS = set('token tokens jwt key keys auth');
/** Words that make a `key` secret. */
const SECRET_KEYS =
  set(`api access secret private auth encryption encrypt signing account shared master service subscription license licence app application client storage
  webhook deploy deployment admin server ssh pgp gpg rsa ssl tls`);
/** Words that make a `token`, `key` and the like not secret. */
const NOT_SECRET =
  set(`next previous prev page pagination continuation sync progress cursor public primary foreign sort partition range hash count total max min limit used usage
  input output prompt completion budget id ids name names type expiry expires expiration expire ttl url uri endpoint hint policy length strength idempotency cache object bucket
  row index map translation message i18n version ref reference required field label kind status age score reset changed updated created at on enabled rotation date time csv
  path file format prefix alias description title`);
const OTHER_WORDS =
  set(`id ids uid guid uuid order orders invoice tracking shipment parcel waybill reference ref ticket case serial sku part batch lot imei imsi iccid meid isbn issn ean
  upc gtin asin mpn barcode timestamp timestamps ts time epoch created updated modified deleted expires at date hash sha sha1 sha256 md5 etag checksum digest commit revision rev
  build version nonce trace span cursor offset size bytes length count total amount price cost balance revenue sum subtotal tax fee lat lon lng latitude longitude coordinates coordinate
  coord geo geometry location point position bbox zip postal postcode zipcode plz ratio score rate duration ms seconds width height weight quantity qty year port pid index seq sequence
  transaction txn block x y z millis micros nanos snowflake bestellnummer rechnungsnummer auftragsnummer po confirmation booking`);
const VERSION_WORDS = set(
  'version versions ver semver build release revision firmware software oid sdk runtime kernel driver agent useragent dependency dependencies',
);
const GENERIC_WORDS =
  set(`number no nr num nummer numero numbers value values val raw formatted national international text content full main primary secondary work home personal
  business office private other default data current old new first last plain document code`);
/** Words that a generic name may have, too. */
const TYPED_WORDS =
  set(`v s n answer answers response string str int integer long double float decimal bool boolean date time datetime timestamp quantity uri blob binary char varchar
  var code any`);
const DATED_WORDS = set('date datum fecha data dt day iso jour dia giorno dag');
const NUMBERED_WORDS = set('id identifier document doc number no num nr');

function read(all: readonly string[]): number {
  if (all.length === 0) return GENERIC;
  const words = all.map((word) => word.replace(/(?<=\p{L}{2})\d{1,2}$/u, ''));
  const any = (set: ReadonlySet<string>): boolean => words.some((word) => set.has(word));
  const joined = words.join('');
  const is = (set: ReadonlySet<string>): boolean => set.has(joined) || any(set);
  const last = words.at(-1) ?? '';
  let hints = ideographs(joined);
  if (is(PHONE_WORDS)) hints |= PHONE;
  if (is(CARD_WORDS)) hints |= CARD;
  if (is(SSN_WORDS) || (words.includes('social') && words.includes('security'))) hints |= SSN;
  if (is(BIRTH_WORDS) && !any(NOT_BIRTH)) hints |= BIRTH;
  if (is(PASSPORT_WORDS) && !any(NOT_NUMBER)) hints |= PASSPORT;
  if (is(ADDRESS_WORDS)) hints |= ADDRESS;
  if (is(VERSION_WORDS)) hints |= VERSION;
  hints |= secrecy(words);
  const person = hints & (PHONE | CARD | SSN);
  // `phoneId` is not a phone and `cardHash` is not a card; `orderNo` is not personal, `orderNotes` may be anything.
  if (OTHER_WORDS.has(last)) hints = (hints & ~person) | OTHER;
  else if (person === 0 && GENERIC_WORDS.has(last) && any(OTHER_WORDS)) hints |= OTHER;
  if (isGeneric(words)) hints |= GENERIC;
  if (words.every((word) => DATED_WORDS.has(word))) hints |= DATED;
  if (words.every((word) => NUMBERED_WORDS.has(word))) hints |= NUMBERED;
  return hints;
}

/** `number`, `value`, `stringValue`, `valueDate`, `S`. */
function isGeneric(words: readonly string[]): boolean {
  if (words.every((word) => GENERIC_WORDS.has(word))) return true;
  const [first = '', last = ''] = [words[0], words.at(-1)];
  return (
    (words.length === 1 ? !OTHER_WORDS.has(first) : /^val(?:ue|ues)?$/.test(first) || /^values?$/.test(last)) &&
    words.every((word) => GENERIC_WORDS.has(word) || TYPED_WORDS.has(word))
  );
}

/** Words of scripts without spaces between words: searched for anywhere in a name. */
const IDEOGRAPHS = (
  [
    [/電話|电话|携帯|手机|전화/, PHONE],
    [/カード番号|银行卡|卡号/, CARD],
    [/生年月日|出生日期|誕生日|생년월일/, BIRTH],
    [/パスポート|旅券|护照|護照|여권/, PASSPORT],
    [/パスワード|密码|비밀번호/, PASSWORD | SECRET],
  ] as const
).map(([{ source }, hint]) => [new RegExp(source.normalize('NFD').replace(/\p{M}/gu, ''), 'u'), hint] as const);

export function ideographs(word: string): number {
  if (!/[\u2e80-\uffff]/.test(word)) return 0;
  for (const [pattern, hint] of IDEOGRAPHS) if (pattern.test(word)) return hint;
  return 0;
}

function secrecy(all: readonly string[]): number {
  if (all.some((word) => NOT_SECRET.has(word))) return 0;
  // `passwordInOptions` and `authSchemeProvider` are something else: the last word counts, or the one before `…Value`.
  let length = all.length;
  while (length > 1 && (SUFFIXES.has(all[length - 1] ?? '') || /^(?:\d+|c)$/.test(all[length - 1] ?? ''))) length--;
  const words = all.slice(0, length);
  const last = (words.at(-1) ?? '').replace(/(?<=\p{L})\d+$/u, '');
  const two = (words.at(-2) ?? '') + last;
  const joined = words.join('');
  const is = (set: ReadonlySet<string>): boolean => set.has(last) || set.has(two) || set.has(joined);
  if (joined === 'pwd') return PASSWORD | SECRET | FOLDER;
  if (is(PASSWORD_WORDS) || /pass(?:word|wd)$/.test(last)) return PASSWORD | SECRET;
  if (is(SECRET_WORDS)) return SECRET;
  // A key that nothing else describes is that of a table or a file.
  if (KEY_WORDS.has(last) && joined !== 'key' && joined !== 'keys')
    return words.some((word) => SECRET_KEYS.has(word)) ? SECRET : KEY;
  return 0;
}
const SUFFIXES = set(
  'value values plain plaintext base64 b64 encoded hex raw text current old new primary secondary base confirm confirmation again repeat prod production dev staging test live',
);
