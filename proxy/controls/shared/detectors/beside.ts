/** Finds the names that the structure around a JSON value gives it, besides the keys above it. */
import type { JsonValue } from '../../../json/value.ts';
import { type Holder, type Holders, isList } from './holders.ts';
import { headingAbove } from './table.ts';

const NONE: readonly string[] = Object.freeze([]);

/** Members that name the value beside them. */
const NAMING = `name,key,header,field,label,question,attribute,attr,property,prop,param,parameter,variable,column,field name,field id,display name,
  question text,title,heading,caption,term,prompt,q,key name,attribute name,property name,parameter name,param name,header name,
  parameter key,setting,option,configuration,environment variable,env var,item name,element identifier,attribute code,friendly name`;
/** Members that may do so; read after the others. */
const KIND = `code,category,id,use,usage,purpose,rel,tag,slot,subtype,channel,medium,contact type,text,description,link id,concept`;
/** Those that also say what an id is one of. */
const TYPE = `type,kind,system,scheme,schme nm,id type,identifier type,document type,doc type`;
/** Members of a named value: objects with more are records. */
const MOST = 16;
/** Longer texts are no names. */
const LONGEST = 64;

/** Whether a member of this name names another one. */
export function isNaming(key: string): boolean {
  return rankOf(key) === NAMES;
}

/** The same for members that may also say something else, such as `type`. */
export function mayBeNaming(key: string): boolean {
  return (rankOf(key) ?? NAMES) > NAMES;
}

const NAMES = 1;
const KINDS = 2;
const TYPES = 3;
const RANKS: ReadonlyMap<string, number> = new Map([
  ...spellingsOf(KIND, KINDS),
  ...spellingsOf(TYPE, TYPES),
  ...spellingsOf(NAMING, NAMES),
]);

/** `field name` as `fieldname`, `field_name`, `field-name`, `fieldName`, `FieldName`, `FIELD_NAME` and so on. */
function spellingsOf(keys: string, rank: number): [string, number][] {
  return keys.split(',').flatMap((key) => {
    const words = key.trim().split(' ');
    const capitals = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
    const camel = `${words[0] ?? ''}${capitals.slice(1).join('')}`;
    const joined = [words.join(''), words.join('_'), words.join('-'), camel, capitals.join('')];
    return joined
      .flatMap((spelling) => [spelling, spelling.toUpperCase()])
      .map((spelling) => [spelling, rank] as [string, number]);
  });
}

function rankOf(key: string): number | undefined {
  return RANKS.get(key);
}

/** What a code for a kind of identifier stands for; undefined if it is not known. */
export function nameOfCode(code: string): string | undefined {
  return CODES.get(code);
}

/**
 * The names beside a member: `dob` for `value` in `{"name":"dob","value":…}`.
 * @param types only of members that say what an id is one of
 */
export function namesBeside(holder: Holder, key: string, types = false): readonly string[] {
  if (isList(holder)) return NONE;
  let names = NONE;
  let kinds = NONE;
  let members = 0;
  for (const other in holder) {
    if (++members > MOST) return NONE;
    if (other === key) continue;
    // FHIR's extensions: `{"url":"…/patient-birthTime","valueDateTime":…}`.
    const rank = other === 'url' && key.startsWith('value') ? KINDS : rankOf(other);
    if (rank === undefined || (types && rank !== TYPES)) continue;
    const name = nameOfDocument(other, holder[other]) ?? nameIn(holder[other]);
    if (name === undefined) continue;
    if (rank === NAMES) names = names.concat(name);
    else kinds = kinds.concat(name);
  }
  return kinds === NONE ? names : names.concat(kinds);
}

/** Machine-readable documents have a letter for their type (ICAO 9303): `{"documentType":"P","documentNumber":…}`. */
function nameOfDocument(key: string, value: JsonValue | undefined): string | undefined {
  return value === 'P' && /^doc/i.test(key) ? 'passport' : undefined;
}

/**
 * The names of an item of a list: its column's heading, or the first of a pair.
 * @param at the index of the item in the path
 */
export function namesOfItem(path: readonly (string | number)[], holders: Holders, at: number): readonly string[] {
  const row = holders.list[at];
  if (row === undefined || !isList(row)) return NONE;
  const heading = nameIn(headingAbove(path, holders, at));
  const pair =
    (path[at] === 1 && row.length === 2 && isPair(row, typeof path[at - 1] === 'number')) ||
    (path[at] === 3 && isProperty(row))
      ? row[0]
      : undefined;
  const first = nameIn(pair);
  if (heading === undefined) return first === undefined ? NONE : [first];
  return first === undefined ? [heading] : [heading, first];
}

/** A list of two words may be any list. */
function isPair([first, second]: readonly JsonValue[], isListed: boolean): boolean {
  return typeof first === 'string' && (isListed || typeof second !== 'string' || /[^A-Za-z\s]/.test(second));
}

/** Of a vCard in JSON (RFC 7095): `["bday", {}, "date", "1980-02-03"]`. */
export function isProperty(row: readonly JsonValue[]): boolean {
  return (
    row.length === 4 &&
    typeof row[0] === 'string' &&
    typeof row[1] === 'object' &&
    row[1] !== null &&
    !Array.isArray(row[1]) &&
    typeof row[2] === 'string'
  );
}

/** The text of a name, or of an object that describes one: `{"text":"Date of birth"}`, `{"coding":[{"code":"PPN"}]}`. */
function nameIn(value: JsonValue | undefined, depth = 0): string | undefined {
  if (typeof value === 'string') return nameFrom(value);
  if (typeof value !== 'object' || value === null || depth > 3) return undefined;
  if (isList(value)) return nameIn(value[0], depth + 1);
  for (const key of DESCRIBING) {
    const name = nameIn(value[key], depth + 1);
    if (name !== undefined) return name;
  }
  return undefined;
}
const DESCRIBING = [
  'text',
  'name',
  'Name',
  'label',
  'title',
  'field',
  'display',
  'code',
  'coding',
  'Cd',
  'ref',
  'id',
  'key',
];

/** The last part of an identifier that is a URL or an OID; codes as words. */
export function nameFrom(text: string): string | undefined {
  if (text.length > 256 || text === '') return undefined;
  const oid = text.startsWith('urn:oid:') ? text.slice('urn:oid:'.length) : text;
  const known = CODES.get(oid);
  if (known !== undefined) return known;
  if (oid.startsWith(PASSPORT_OID)) return 'passport';
  // No URL has a space: `Birthdate (dd/mm/yyyy)`.
  const from = text.includes(' ') ? 0 : Math.max(text.lastIndexOf('/'), text.lastIndexOf('#')) + 1;
  const name = from === text.length ? text : text.slice(from);
  return name.length > LONGEST ? undefined : name;
}

/** Codes for kinds of identifiers: HL7 table 0203, ISO 20022, LOINC, and HL7's registry of OIDs. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['PPN', 'passport'],
  ['SS', 'ssn'],
  ['SOSE', 'ssn'],
  ['CCPT', 'passport'],
  ['2.16.840.1.113883.4.1', 'ssn'],
  ['21112-8', 'birth date'],
]);
/** The last number is the country's. */
const PASSPORT_OID = '2.16.840.1.113883.4.330';
