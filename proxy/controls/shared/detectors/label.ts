/** Reads the words before a find: labels in prose say what field names say in data. */
import { isLetter } from './characters.ts';
import {
  BIRTH,
  BIRTH_WORDS,
  CARD,
  CARD_WORDS,
  ideographs,
  OTHER,
  PASSPORT,
  PASSPORT_WORDS,
  PHONE,
  PHONE_WORDS,
  set,
  SSN,
  SSN_WORDS,
  VERSION,
  wordsOf,
} from './field.ts';

/** How far before its value a label may be, in characters. */
const REACH = 64;
/**
 * Maximum number of words between a label and its value, and between the value and a word that says it is something
 * else.
 */
const FAR = 6;
const NEAR = 3;

const CALLING =
  set(`call calls called calling ring dial mob text texted reach reached contact contacts hotline helpline phoned telefonisch erreichbar anrufen rufen ruf rufe
  ruckruf llame llamar llamame appelez appeler appelle joindre joignable chiamare chiama chiamami bellen bel ligue ligar dzwon zadzwon ringa nummret numer telefonu`);
const PAYING = set(
  'visa mastercard amex discover maestro jcb diners unionpay american express debit credit kreditkarte kredit credito',
);
const BORN = set(
  'ne nee nacido nacida nato nata nascido nascida geb geboren geburtsdatum fodd fodt urodzony urodzona ur nac syntynyt birthdays',
);
const SOCIAL = set('social security soc ss');
const THINGS =
  set(`order orders invoice tracking track shipment parcel package waybill reference ref ticket case claim serial sku part item batch lot imei imsi iccid meid isbn issn
  ean upc gtin asin barcode timestamp epoch hash sha sha1 sha256 md5 checksum digest commit revision rev nonce trace span offset size bytes count amount price lat lon lng
  latitude longitude coordinates zip postal postcode plz id ids uid uuid guid transaction txn receipt confirmation booking reservation pnr account acct konto model po rma
  bestellung bestellnummer rechnung rechnungsnummer sendungsnummer commande facture pedido factura ordine fattura zamowienie page pages isrc doi pmid job run request session
  snowflake tweet build`);
const VERSIONS =
  set(`version versions ver v release released build section sections chapter clause paragraph para figure table appendix oid firmware upgrade upgraded update
  updated runtime assembly package dependency requires driver rfc`);

/**
 * The end of a clause: words before it do not label anything after it. A dot ends a clause if a space follows and it
 * ends no abbreviation.
 */
const CLAUSE =
  /[,;!?\n\r|{}]|(?<!(?:[\s.(/-]|d\.o\.)(?:t[eé]l|mr|mrs|ms|dr|prof|st|sr|sra|no|nr|num|geb|ph|mob|fon|ssn|soc|ref|ver|sec|dob|[a-z]))\.\s/giu;

const DOB = /\bd\.\s?o\.\s?b\b/i;

/** Hints as for fields; 0 if the words before `start` say nothing. */
export function labelBefore(text: string, start: number): number {
  if (start === 0 || !hasLetter(text, start)) return 0;
  let clause = ` ${text.slice(Math.max(0, start - REACH), start)}`;
  CLAUSE.lastIndex = 0;
  let cut = 0;
  for (let match = CLAUSE.exec(clause); match !== null; match = CLAUSE.exec(clause))
    cut = match.index + match[0].length;
  clause = clause.slice(cut);
  // In a sentence, a capital within a word does not start another word.
  const words = wordsOf(clause.replace(DOB, 'dob').toLowerCase());
  for (let i = words.length - 1, distance = 0; i >= 0 && distance < FAR; i--, distance++) {
    const word = words[i] ?? '';
    const hints = hintsOfWord(word, distance) || hintsOfPair(`${words[i - 1] ?? ''}${word}`);
    if (hints !== 0) return hints;
    // Another number: the words before it label that one.
    if (/\d\d/.test(word)) return 0;
  }
  return 0;
}

/** Most finds in data have no words before them. */
function hasLetter(text: string, start: number): boolean {
  for (let i = Math.max(0, start - REACH); i < start; i++) {
    const code = text.charCodeAt(i);
    if (isLetter(code) || code >= 0xc0) return true;
  }
  return false;
}

/** Two words that form one: `Pass-Nr.`, `Soc. Sec.` */
function hintsOfPair(word: string): number {
  if (PASSPORT_WORDS.has(word)) return PASSPORT;
  if (SSN_WORDS.has(word)) return SSN;
  return BIRTH_WORDS.has(word) ? BIRTH : 0;
}

function hintsOfWord(word: string, distance: number): number {
  if (PHONE_WORDS.has(word) || CALLING.has(word)) return PHONE;
  if (CARD_WORDS.has(word) || PAYING.has(word)) return CARD;
  if (SSN_WORDS.has(word) || SOCIAL.has(word)) return SSN;
  if (BIRTH_WORDS.has(word) || BORN.has(word)) return BIRTH;
  if (PASSPORT_WORDS.has(word)) return PASSPORT;
  const ideograph = ideographs(word);
  if (ideograph !== 0) return ideograph;
  if (distance >= NEAR) return 0;
  if (VERSIONS.has(word)) return VERSION | OTHER;
  return THINGS.has(word) ? OTHER : 0;
}
