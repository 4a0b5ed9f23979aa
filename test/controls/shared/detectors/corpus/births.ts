/** Dates of birth as in forms and letters. */
import type { Random } from './random.ts';
import { filled, type Sample, under } from './sample.ts';

const MONTHS: Readonly<Record<string, readonly string[]>> = {
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  de: [
    'Januar',
    'Februar',
    'März',
    'April',
    'Mai',
    'Juni',
    'Juli',
    'August',
    'September',
    'Oktober',
    'November',
    'Dezember',
  ],
  fr: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
  es: [
    'enero',
    'febrero',
    'marzo',
    'abril',
    'mayo',
    'junio',
    'julio',
    'agosto',
    'septiembre',
    'octubre',
    'noviembre',
    'diciembre',
  ],
  it: [
    'gennaio',
    'febbraio',
    'marzo',
    'aprile',
    'maggio',
    'giugno',
    'luglio',
    'agosto',
    'settembre',
    'ottobre',
    'novembre',
    'dicembre',
  ],
  pt: [
    'janeiro',
    'fevereiro',
    'março',
    'abril',
    'maio',
    'junho',
    'julho',
    'agosto',
    'setembro',
    'outubro',
    'novembro',
    'dezembro',
  ],
  nl: [
    'januari',
    'februari',
    'maart',
    'april',
    'mei',
    'juni',
    'juli',
    'augustus',
    'september',
    'oktober',
    'november',
    'december',
  ],
  pl: [
    'stycznia',
    'lutego',
    'marca',
    'kwietnia',
    'maja',
    'czerwca',
    'lipca',
    'sierpnia',
    'września',
    'października',
    'listopada',
    'grudnia',
  ],
  sv: [
    'januari',
    'februari',
    'mars',
    'april',
    'maj',
    'juni',
    'juli',
    'augusti',
    'september',
    'oktober',
    'november',
    'december',
  ],
  ja: [],
};
export const BIRTH_LOCALES = Object.keys(MONTHS);

const FIELDS: Readonly<Record<string, string>> = {
  en: 'dob DOB dateOfBirth date_of_birth birthDate birth_date birthday Birthdate patient.dob customer_birthday birthDt birth bornOn birth.date person_dob DateOfBirth__c dobIso',
  de: 'geburtsdatum Geburtstag geburts_datum',
  fr: 'dateNaissance date_de_naissance naissance',
  es: 'fechaNacimiento fecha_de_nacimiento nacimiento fecha_nac',
  it: 'dataNascita data_di_nascita',
  pt: 'dataNascimento data_de_nascimento dt_nascimento',
  nl: 'geboortedatum',
  pl: 'dataUrodzenia data_urodzenia',
  sv: 'födelsedatum',
  ja: '生年月日 誕生日',
};
const FRAMES: Readonly<Record<string, readonly string[]>> = {
  en: [
    'DOB: {}',
    'Date of birth: {}',
    '{name}, born {}',
    '{name} was born on {}.',
    'born on {} in London',
    'dob={}',
    'D.O.B. {}',
    'Birthday: {}',
    '{"dateOfBirth":"{}"}',
    'Birth date - {}',
    'DOB {}, joined 2015-03-01',
    'D.O.B.: {}',
    'Birth: {}',
    'birthdate is {}',
    'Born: {}',
    'date of birth ({})',
    'He was born in Paris on {}',
    'DOB - {}',
    'DOB (MM/DD/YYYY): {}',
  ],
  de: [
    'geboren am {}',
    'geb. {}',
    'Geburtsdatum: {}',
    '{name}, geb. am {}, wohnhaft in Bonn',
    'Geb.-Datum: {}',
    'hat am {} Geburtstag',
    'Geburtstag am {}',
  ],
  fr: ['née le {}', 'né le {} à Lyon', 'Date de naissance : {}', 'date de naissance: le {}'],
  es: ['nacido el {}', 'Fecha de nacimiento: {}', 'nacida el {} en Madrid', 'F. nac.: {}', 'cumpleaños: {}'],
  it: ['nato il {}', 'nata a Roma il {}', 'Data di nascita: {}'],
  pt: ['nascido em {}', 'Data de nascimento: {}'],
  nl: ['geboren op {}', 'Geboortedatum: {}'],
  pl: ['urodzony {}', 'Data urodzenia: {}'],
  sv: ['född {}', 'Födelsedatum: {}'],
  ja: ['生年月日: {}', '生年月日：{}'],
};

export function births(locale: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    const [year, month, day] = [random.int(1930, 2012), random.int(1, 12), random.int(1, 28)];
    const pad = (n: number): string => String(n).padStart(2, '0');
    const name = MONTHS[locale]?.[month - 1] ?? '';
    const ways = [`${year}-${pad(month)}-${pad(day)}`];
    if (locale === 'ja') ways.push(`${year}年${month}月${day}日`, `${year}/${pad(month)}/${pad(day)}`);
    else {
      ways.push(`${pad(day)}.${pad(month)}.${year}`, `${day}/${month}/${year}`, `${day} ${name} ${year}`);
      if (locale === 'en')
        ways.push(
          `${name} ${day}, ${year}`,
          `${name.slice(0, 3)} ${day}, ${year}`,
          `${pad(month)}/${pad(day)}/${year}`,
          `${day}th of ${name} ${year}`,
          `${day}-${name.slice(0, 3)}-${year}`,
          `${pad(month)}/${pad(day)}/${String(year).slice(2)}`,
        );
      if (locale === 'de') ways.push(`${day}. ${name} ${year}`, `${day}. ${month}. ${year}`);
      if (locale === 'es' || locale === 'pt') ways.push(`${day} de ${name} de ${year}`);
    }
    if (random.chance(0.5)) {
      const whole = [
        ...ways,
        `${year}-${pad(month)}-${pad(day)}T00:00:00.000Z`,
        `${year}${pad(month)}${pad(day)}`,
        String(Date.UTC(year, month - 1, day)),
      ];
      return under(random.word(FIELDS[locale] ?? ''), random.pick(whole), locale);
    }
    return filled(random.pick(FRAMES[locale] ?? []), random.pick(ways), locale, random);
  });
}
