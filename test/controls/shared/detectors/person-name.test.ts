/** Which names of people are found, and which words are none. */
import { beforeAll, describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { personName } from '../../../../proxy/controls/shared/detectors/index.ts';
import { callControl } from '../../../../testing/index.ts';

const detector = personName();
beforeAll(() => detector.load?.());

function found(text: string, at?: string): string[] {
  const path = at?.split('.').map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
  return detector
    .find(text, path === undefined ? undefined : { field: at?.split('.').at(-1), path })
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
  ['I met Nguyễn Văn An yesterday', 'Nguyễn Văn An'],
  ['Jean-Philippe Moreau called', 'Jean-Philippe Moreau'],
  ['Michael Turner’s account', 'Michael Turner'],
  ['Thanks, Laura', 'Laura'],
  ['Signed-off-by: Ayyaruk Soylu <a@b.co>', 'Ayyaruk Soylu'],
  ['Pan Jan Nowak dzwonił', 'Jan Nowak'],
  ['Пришла Ольга Смирнова', 'Ольга Смирнова'],
  ['Ήρθε η Μαρία Παπαδοπούλου', 'Μαρία Παπαδοπούλου'],
  ['Name: 李小龙', '李小龙'],
  ['customer 山田花子 wants a refund', '山田花子'],
  ['담당자: 확인, 이름: 박지성', '박지성'],
  ['田中太郎様、', '田中太郎'],
  ['김철수님 안녕하세요', '김철수'],
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
  'お客様各位',
  '고객님 안녕하세요',
  '高雄市和黄山市',
  'Done',
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
    ['lindqvist', 'customer.name'],
    ['Mara', 'author.name'],
    ['sofia andersson', 'members.0.name'],
    ['Mara Lindqvist', 'customer.name.text'],
    ['Lindqvist', 'lastName.value'],
    ['Lindqvist', 'NACHN'],
    ['Lindqvist', 'Cdtr.Nm'],
    ['Lindqvist', 'manager'],
    ['Ольга Смирнова', 'reportsTo'],
    ['李小龙', 'doctor'],
    ['Aylin Yıldız', 'assigned_to'],
    ['山田花子', 'applicant'],
    ['Lindqvist', 'u_requested_for'],
    ['Lindqvist', 'attending_physician'],
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
    ['Done', 'content.0.text'],
    ['Order shipped', 'text'],
    ['Active', 'value'],
    ['Open', 'status.value'],
    ['Berlin', 'city.value'],
    ['Abc', 'str'],
    ['Red', 'c'],
    ['Alpha', '1'],
    ['None', 'contacts.value'],
    ['src', 'children.0.name'],
    ['root', 'parent.name'],
    ['toString', 'member.name'],
    ['mobile app', 'client.name'],
    ['noreply', 'sender.name'],
    ['GitHub Actions', 'author.name'],
    ['Gold', 'customer.plan.name'],
    ['Admin', 'members.0.role.name'],
    ['Sales', 'employee.department.name'],
    ['Acme GmbH', 'customer.name'],
    ['Premium Support', 'customer_plan_name'],
    ['process manager', 'manager'],
    ['npm', 'manager'],
    ['System', 'created_by'],
    ['Platform Team', 'assigned_to'],
  ])('none for %j in %s', (text, at) => {
    expect(found(text, at)).toEqual([]);
  });

  test('the name beside a value, or a column’s heading, counts like a field', async () => {
    const call = { id: 1, method: 'tools/call', params: { name: 'any' } } as const;
    const structuredContent = {
      pair: { name: 'lastName', value: 'Lindqvist' },
      other: { name: 'color', value: 'Blue' },
      table: { columns: ['id', 'last_name'], rows: [[7, 'Lindqvist']] },
      person: { name: 'sofia', email: 's@example.com' },
      company: { name: 'Acme', email: 'info@example.com' },
      range: { first: 'Maria', last: 'Gonzalez' },
    };
    const control = redaction({ client: { detectors: [personName()] } });
    const { result } = await callControl(control, call, { result: { content: [], structuredContent } });
    expect(result).toMatchObject({
      structuredContent: {
        pair: { name: 'lastName', value: 'REDACTED_PERSON_NAME' },
        other: { name: 'color', value: 'Blue' },
        table: { columns: ['id', 'last_name'], rows: [[7, 'REDACTED_PERSON_NAME']] },
        person: { name: 'REDACTED_PERSON_NAME', email: 's@example.com' },
        company: { name: 'Acme', email: 'info@example.com' },
        range: { first: 'REDACTED_PERSON_NAME', last: 'REDACTED_PERSON_NAME' },
      },
    });
  });

  test('a whole reply is none', async () => {
    const call = { id: 1, method: 'tools/call', params: { name: 'any' } } as const;
    const content = [{ type: 'text', text: 'Order shipped' }];
    const control = redaction({ client: { detectors: [personName()] } });
    const { result } = await callControl(control, call, { result: { content } });
    expect(result).toMatchObject({ content });
  });
});
