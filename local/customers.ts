/**
 * Made-up people for trying controls on personal data. Nobody here exists: the addresses are example domains (RFC
 * 2606), the phone numbers come from ranges reserved for fiction, the cards are the card schemes' test numbers, and the
 * IBANs and national ids are those printed in their documentation. Each has the form, and if defined the check digit,
 * of real data, so that a detector finds it.
 */
export interface Customer {
  id: string;
  locale: string;
  name: string;
  email: string;
  phone: string;
  dateOfBirth: string;
  nationalId: string;
  card: string;
  iban?: string;
  note: string;
}

export const customers: readonly Customer[] = [
  {
    id: 'C-1001',
    locale: 'en-US',
    name: 'Mara Inventado',
    email: 'mara.inventado@example.com',
    phone: '+1 202-555-0143',
    dateOfBirth: '1984-02-29',
    nationalId: '078-05-1120',
    card: '4111 1111 1111 1111',
    note: 'Prefers to be called at (202) 555-0143 after 5 pm.',
  },
  {
    id: 'C-1002',
    locale: 'de-DE',
    name: 'Jörg Beispiel-Müller',
    email: 'joerg.beispiel@example.de',
    phone: '+49 30 23125 678',
    dateOfBirth: '1971-11-03',
    nationalId: '86095742719',
    card: '5555 5555 5555 4444',
    iban: 'DE89 3704 0044 0532 0130 00',
    note: 'Lastschrift von DE89370400440532013000, Rückruf unter 030 23125678.',
  },
  {
    id: 'C-1003',
    locale: 'fr-FR',
    name: 'Zoé Fictif d’Exemple',
    email: 'zoe.fictif@example.fr',
    phone: '+33 1 99 00 12 34',
    dateOfBirth: '1955-08-14',
    nationalId: '2 55 08 14 168 025 38',
    card: '3782 822463 10005',
    iban: 'FR14 2004 1010 0505 0001 3M02 606',
    note: 'Née le 14/08/1955, joignable au 01 99 00 12 34.',
  },
  {
    id: 'C-1004',
    locale: 'en-GB',
    name: 'Alastair O’Specimen',
    email: 'a.ospecimen@example.co.uk',
    phone: '+44 20 7946 0958',
    dateOfBirth: '1999-12-31',
    nationalId: 'QQ 12 34 56 C',
    card: '4242 4242 4242 4242',
    iban: 'GB33 BUKB 2020 1555 5555 55',
    note: 'Wrote from alastair+work@example.org as well.',
  },
  {
    id: 'C-1005',
    locale: 'ja-JP',
    name: '見本 花子',
    email: 'hanako@example.jp',
    phone: '+81 3-0000-1234',
    dateOfBirth: '2001-05-05',
    nationalId: '1234 5678 9018',
    card: '3530 1113 3330 0000',
    note: '生年月日は2001年5月5日、電話は03-0000-1234。',
  },
];

export const customerSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    locale: { type: 'string' },
    name: { type: 'string' },
    email: { type: 'string', format: 'email' },
    phone: { type: 'string' },
    dateOfBirth: { type: 'string', format: 'date' },
    nationalId: { type: 'string' },
    card: { type: 'string' },
    iban: { type: 'string' },
    note: { type: 'string' },
  },
  required: ['id', 'locale', 'name', 'email', 'phone', 'dateOfBirth', 'nationalId', 'card', 'note'],
} as const;

export function findCustomer(id: string): Customer | undefined {
  return customers.find((customer) => customer.id === id);
}

/** The same data in prose, as a person would write it, where no field name reveals what it is. */
export function describeCustomer(customer: Customer): string {
  const bank = customer.iban === undefined ? '' : ` and account ${customer.iban}`;
  return (
    `${customer.name} (${customer.id}, ${customer.locale}) was born on ${customer.dateOfBirth} and has the national id ${customer.nationalId}. ` +
    `Reach them at ${customer.email} or ${customer.phone}. They pay with card ${customer.card}${bank}. ${customer.note}`
  );
}
