/** A value in messages of hospitals, insurers and personnel departments, by the standards' own positions. */
import type { JsonValue } from '../../../../../../proxy/json/value.ts';
import type { Random } from '../random.ts';
import type { Made, Making, Value } from '../sample.ts';
import type { Half } from '../words.ts';

type Form = readonly [shape: string, document: (value: string, random: Random) => JsonValue];

const msh = (type: string): string => `MSH|^~\\&|ADT|CITY|LAB|CITY|20261105103000||${type}|MSG00042|P|2.5`;
/** HL7 v2 dates are digits. */
const digits = (date: string): string => date.replaceAll('-', '');

const PID = (at: number, value: string): string => {
  const fields = [
    'PID',
    '1',
    '',
    'A10042^^^CITY^MR',
    '',
    'HOLM^IDA^M',
    '',
    '',
    'F',
    '',
    '',
    '12 Quay Rd^^Porto^^4000',
    'PT',
  ];
  while (fields.length <= Math.max(at, 20)) fields.push('');
  fields[at] = value;
  return fields.join('|');
};

/** By half and type. Dates arrive as `1980-02-03`. */
const FORMS: Readonly<Record<Half, Readonly<Record<string, readonly Form[]>>>> = {
  development: {
    'date-of-birth': [
      ['HL7 PID', (v) => `${msh('ADT^A01')}\r${PID(7, digits(v))}\rPV1|1|I|W^389^1`],
      ['HL7 PID with time', (v) => `${msh('ADT^A08')}\n${PID(7, `${digits(v)}0000`)}\nPV1|1|O`],
      [
        'FHIR Patient',
        (v) => ({
          resourceType: 'Patient',
          id: 'p1',
          active: true,
          name: [{ family: 'Holm', given: ['Ida'] }],
          gender: 'female',
          birthDate: v,
        }),
      ],
      ['X12 DMG', (v) => `NM1*IL*1*HOLM*IDA****MI*W1234~\nDMG*D8*${digits(v)}*F~`],
      ['HR object', (v) => ({ employee: { name: 'Ida Holm', birth: { date: v, place: 'Porto' } } })],
      ['note', (v) => `Pt: Holm, Ida   DOB: ${v}   MRN A10042\nCC: cough`],
      ['vCard', (v) => `BEGIN:VCARD\nVERSION:4.0\nFN:Ida Holm\nBDAY:${v}\nEND:VCARD`],
    ],
    phone: [
      ['HL7 PID', (v) => `${msh('ADT^A01')}\r${PID(13, v)}`],
      ['FHIR telecom', (v) => ({ resourceType: 'Patient', telecom: [{ system: 'phone', use: 'mobile', value: v }] })],
      ['vCard', (v) => `BEGIN:VCARD\nVERSION:3.0\nFN:Ida Holm\nTEL;TYPE=CELL,VOICE:${v}\nEND:VCARD`],
      ['HR list', (v) => ({ worker: { contacts: [{ type: 'MobilePhone', data: v }] } })],
    ],
    'us-ssn': [
      ['HL7 PID', (v) => `${msh('ADT^A01')}\r${PID(19, v)}`],
      [
        'FHIR identifier',
        (v) => ({ resourceType: 'Patient', identifier: [{ system: 'http://hl7.org/fhir/sid/us-ssn', value: v }] }),
      ],
      ['X12 REF', (v) => `NM1*IL*1*HOLM*IDA~\nREF*SY*${v}~`],
      ['W-2', (v) => `a Employee's social security number\n${v}\nb Employer identification number`],
    ],
    email: [
      ['FHIR telecom', (v) => ({ resourceType: 'Practitioner', telecom: [{ system: 'email', value: v }] })],
      ['HL7 PID', (v) => `${msh('ADT^A01')}\r${PID(13, `^NET^Internet^${v}`)}`],
      ['vCard', (v) => `BEGIN:VCARD\nEMAIL;TYPE=work:${v}\nEND:VCARD`],
    ],
    passport: [
      [
        'FHIR identifier',
        (v) => ({
          resourceType: 'Patient',
          identifier: [{ type: { coding: [{ code: 'PPN', display: 'Passport number' }] }, value: v }],
        }),
      ],
      ['HR object', (v) => ({ employee: { name: 'Ida Holm', passport: { number: v, country: 'PT' } } })],
    ],
  },
  heldOut: {
    'date-of-birth': [
      ['HL7 PID', (v) => `${msh('ORU^R01')}\r${PID(7, digits(v))}\rOBR|1|||CBC`],
      ['HL7 GT1', (v) => `${msh('ADT^A04')}\r${PID(5, 'HOLM^IDA')}\rGT1|1||HOLM^PER||4 Rua X|555||${digits(v)}|M`],
      [
        'HL7 IN1',
        (v) => `${msh('ADT^A04')}\r${PID(5, 'HOLM^IDA')}\rIN1|1|PLAN|77|ACME||||||||||||HOLM^PER|SEL|${digits(v)}`,
      ],
      [
        'FHIR XML',
        (v) => `<Patient xmlns="http://hl7.org/fhir"><gender value="male"/><birthDate value="${v}"/></Patient>`,
      ],
      [
        'FHIR RelatedPerson',
        (v) => ({
          entry: [{ resource: { resourceType: 'RelatedPerson', relationship: [{ text: 'mother' }], birthDate: v } }],
        }),
      ],
      ['C-CDA', (v) => `<patient><name><given>Ida</given></name><birthTime value="${digits(v)}"/></patient>`],
      ['HR rows', (v) => ({ Worker: [{ Personal: { Birth: { Date: v, Country: 'PT' } } }] })],
      ['note', (v) => `46 y/o F (b. ${v}) seen for follow-up.`],
      [
        'LDIF',
        (v) => `dn: uid=ida,ou=people\nobjectClass: schacPersonalCharacteristics\nschacDateOfBirth: ${digits(v)}`,
      ],
    ],
    phone: [
      ['HL7 NK1', (v) => `${msh('ADT^A01')}\r${PID(5, 'HOLM^IDA')}\rNK1|1|HOLM^PER|SPO|4 Rua X|${v}`],
      ['HL7 PID, at work', (v) => `${msh('ADT^A01')}\r${PID(14, v)}`],
      ['FHIR XML', (v) => `<telecom><system value="phone"/><value value="${v}"/></telecom>`],
      ['LDIF', (v) => `dn: uid=ida,ou=people\nsn: Holm\ntelephoneNumber: ${v}\nmobile: none`],
      [
        'SCIM',
        (v) => ({
          schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
          phoneNumbers: [{ type: 'work', value: v }],
        }),
      ],
    ],
    'us-ssn': [
      ['HL7 GT1', (v) => `${msh('ADT^A04')}\r${PID(5, 'HOLM^IDA')}\rGT1|1||HOLM^PER||4 Rua X||||M|||${v}`],
      ['HL7 PID', (v) => `${msh('ORU^R01')}\r${PID(19, v)}\rOBR|1`],
      ['C-CDA', (v) => `<patientRole><id extension="${v}" root="2.16.840.1.113883.4.1"/></patientRole>`],
      [
        'FHIR type',
        (v) => ({
          resourceType: 'Patient',
          identifier: [{ type: { coding: [{ code: 'SS' }], text: 'Social Security Number' }, value: v }],
        }),
      ],
      ['payroll line', (v) => `EMP HOLM IDA SSN ${v} DEPT 40 GROSS 4200.00`],
    ],
    email: [
      ['SCIM', (v) => ({ emails: [{ type: 'work', primary: true, value: v }] })],
      ['LDIF', (v) => `dn: uid=ida,ou=people\nmail: ${v}\nsn: Holm`],
      ['FHIR XML', (v) => `<telecom><system value="email"/><value value="${v}"/></telecom>`],
    ],
    passport: [
      [
        'FHIR system',
        (v) => ({
          resourceType: 'Patient',
          identifier: [{ system: 'http://hl7.org/fhir/sid/passport-PRT', value: v }],
        }),
      ],
      [
        'traveller',
        (v) => ({ travelers: [{ documents: [{ documentType: 'PASSPORT', number: v, issuanceCountry: 'PT' }] }] }),
      ],
    ],
  },
};

export function medical(value: Value, { random, half, type }: Making): Made | undefined {
  const forms = FORMS[half][type];
  if (forms === undefined) return undefined;
  const [shape, document] = random.pick(forms);
  const text = type === 'date-of-birth' ? isoDate(random) : value.text;
  const made = document(text, random);
  const written = typeof made === 'string' && !made.includes(text) ? digits(text) : text;
  return { shape, document: made, value: written };
}

function isoDate(random: Random): string {
  const pad = (n: number): string => String(n).padStart(2, '0');
  return `${random.int(1930, 2019)}-${pad(random.int(1, 12))}-${pad(random.int(1, 28))}`;
}
