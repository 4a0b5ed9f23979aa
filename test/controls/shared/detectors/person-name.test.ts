/** Which names of people are found, and which words are none. */
import { beforeAll, describe, expect, test } from 'vitest';
import { personName } from '../../../../proxy/controls/shared/detectors/index.ts';

const detector = personName();
beforeAll(() => detector.load?.());

function found(text: string, at?: string): string[] {
  const path = at?.split('.');
  return detector
    .find(text, path === undefined ? undefined : { field: path.at(-1), path })
    .map(({ start, end }) => text.slice(start, end));
}

test('it can only search once its lists are loaded', () => {
  expect(() => personName().find('Mara Lindqvist')).toThrow('detector person-name: expected load() before find()');
});

test.each([
  ['I spoke with Michael Turner yesterday.', 'Michael Turner'],
  ['Sarah Jane O’Connor has not paid.', 'Sarah Jane O’Connor'],
  ['Bitte rufen Sie Wolfgang von der Heide zurück.', 'Wolfgang von der Heide'],
  ['Herr Striebitz hat gekündigt.', 'Striebitz'],
  ['Dr. Aylin Güçlüer will call', 'Aylin Güçlüer'],
  ['Dear Krisha Andra,\nthank you', 'Krisha Andra'],
  ['Hi Tom, see below', 'Tom'],
  ['Kind regards,\nMara', 'Mara'],
  ['The patient Musaffa Korutürk was admitted', 'Musaffa Korutürk'],
  ['Customer: Konstanty Prokurat', 'Konstanty Prokurat'],
  ['My name is Ayyaruk Soylu and I need help', 'Ayyaruk Soylu'],
  ['**Customer:** Nthabiseng Mokoena', 'Nthabiseng Mokoena'],
  ['Lindqvist, Sofia (born 1980)', 'Lindqvist, Sofia'],
  ['signed by J. Turner', 'J. Turner'],
  ['Mark Johnson and nobody else', 'Mark Johnson'],
  ['José María García López llegó', 'José María García López'],
])('%j', (text, name) => {
  expect(found(text)).toEqual([name]);
});

test('several names in one text are found in order', () => {
  expect(found('Michael Turner met Laura Rossi in Rome, and Mr Blake left.')).toEqual([
    'Michael Turner',
    'Laura Rossi',
    'Blake',
  ]);
});

test.each([
  'The Virginia Beach office is closed in April.',
  'Mark Complete when done. Will Continue later. Grant Access to all.',
  'Paris Hotel, Madison Avenue, Jordan River',
  'New York City and San Francisco Airport',
  'class Michael.Turner extends Base.Model',
  'MichaelTurner, Michael_Turner, @Michael/Turner, Michael(Turner)',
  'Please Select Your Country From The List',
  'see Appendix A. Turner engines are loud',
  'MICHAEL BOOKING OVERVIEW',
  'Ruby Gem, Julia Language, Pascal Code',
  'Dear Customer, thank you for your Order.',
  'Monday, June 3',
])('none in %j', (text) => {
  expect(found(text)).toEqual([]);
});

describe('a field', () => {
  test.each([
    ['lindqvist', 'lastName'],
    ['Zoë', 'first_name'],
    ['Nguyễn Văn An', 'customer.name'],
    ['山田 太郎', '氏名'],
    ['Мария Иванова', 'ФИО'],
    ['Chalmers', 'name.family'],
    ['Jane van Doe', 'nameOnCard'],
    ['Müller', 'Nachname__c'],
    ['Lindqvist, Mara', 'patients.0.fullName'],
  ])('%j in %s', (text, at) => {
    expect(found(text, at)).toEqual([text]);
  });

  test.each([
    ['get_customer', 'name'],
    ['report.pdf', 'fileName'],
    ['Production', 'environmentName'],
    ['mara92', 'customer.username'],
    ['Premium Plan', 'plan.name'],
    ['4111 1111', 'nameOnCard'],
    ['Acme', 'company_name'],
  ])('none for %j in %s', (text, at) => {
    expect(found(text, at)).toEqual([]);
  });
});
