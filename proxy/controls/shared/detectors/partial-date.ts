/** Dates of birth without a day or a year, right after words that say so: `born in March 1980`, `YOB: 1980`. */
import { isLetter, isWord, SPACE } from './characters.ts';
import { isMonthName } from './names/months.ts';

/** The longest word for a birth, with a month after it. */
const REACH = 48;

/** The start of such a date that ends with the number `start` to `end`; -1 if it is none. */
export function partialStart(text: string, start: number, end: number): number {
  const size = end - start;
  if ((size !== 4 && size > 2) || start < SHORTEST || isWord(text.charCodeAt(end))) return -1;
  const first = text.charCodeAt(start);
  if (size === 4 && first !== 0x31 && first !== 0x32) return -1;
  const before = text.charCodeAt(start - 1);
  // A letter, a sign after a label, or a dot of an abbreviation before the space.
  if (before !== SPACE && before !== COLON && before !== EQUALS && before !== QUOTE) return -1;
  const said = text.charCodeAt(start - 2);
  if (!isLetter(said) && said < 0xc0 && said !== COLON && said !== DOT && said !== COMMA && said !== QUOTE) return -1;
  const lead = text.slice(Math.max(0, start - REACH), start);
  if (size < 3) return dayStart(lead, start);
  if (!/^(?:19|20)/.test(text.slice(start, end))) return -1;
  if (YEAR.test(lead)) return start;
  const match = BORN_IN.exec(lead);
  if (match === null) return -1;
  const month = match[1] ?? '';
  if (month === '') return WHO.test(lead) ? start : -1;
  return isMonthName(month.replace(/[.,]?(?: of| de)? $/, '')) ? start - month.length : -1;
}

/** `YOB 1980` is the shortest. */
const SHORTEST = 4;
const COLON = 0x3a;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const DOT = 0x2e;
const COMMA = 0x2c;

/** A name of a year of birth. */
const YEAR =
  /(?:^|[^\p{L}])(?:yob|year of birth|birth[ _-]?year|jahrgang|geburtsjahr|ann[ée]e de naissance|año de nacimiento|anno di nascita|ano de nascimento|geboortejaar|rok urodzenia|rok narozen[ií]|год рождения|рік народження|födelseår|fødselsår|syntymävuosi|doğum yılı|születési év|anul nașterii)["']?[ \t]?[:=-]?[ \t]{0,2}["']?$/iu;
const BORN_IN =
  /(?:^|[^\p{L}])(?:born|née?|nat[oa]|nacid[oa]|nascid[oa]|geboren|född|født|fødd|urodzon[ya]|narozen[áa]?|родил(?:ся|ась))(?: (?:in|en|em|im|nel|i|w|we|v|в|on|around|about|circa|ca?\.|the|year)){1,3} (\p{L}{3,12}[.,]?(?: of| de)? )?$/iu;
/** A year alone may be that of a company or a work. */
const WHO =
  /(?:^|[^\p{L}])(?:he|she|i|who|patient|pt|client|applicant|mother|father|son|daughter|elle|il|er|sie|ella|él)(?: (?:was|were|is|est|wurde|ist)|['’]s)?(?: [a-z]{2,8}[ée]?)? \p{L}+ \p{L}+ $/iu;

/** `birthday is May 3`, `birthday: May 3`: the day of a month. */
function dayStart(lead: string, start: number): number {
  const month = BIRTHDAY.exec(lead)?.[1];
  return month !== undefined && isMonthName(month.replace(/[. ]+$/, '')) ? start - month.length : -1;
}
const BIRTHDAY = /(?:^|[^\p{L}])(?:birthday|b-?day|born)(?: is| on|:| =|,)? (?:on )?(\p{L}{3,9}\.? )$/iu;
