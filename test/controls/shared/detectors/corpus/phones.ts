/** Telephone numbers of fifteen countries, from their regulators' numbering plans. */
import { DIGITS, type Random } from './random.ts';
import { filled, PLAIN_FRAMES, type Sample, under } from './sample.ts';

interface Plan {
  /** National significant numbers of existing places and networks; `d` is a digit. */
  readonly numbers: readonly string[];
  readonly code: string;
  readonly trunk: string;
  /** Formats by the sizes of groups: `a` is the first group, and so on. National formats include the trunk prefix. */
  readonly national: readonly string[];
}

const NANP_AREAS =
  '202 206 212 213 214 215 303 305 310 312 404 408 415 503 512 602 617 619 646 650 702 713 718 786 808 818 832 917 929 949 972';

/** In the number, `|` separates groups: `415|555|2671`. In formats, each `#` is the next group. */
const PLANS: Readonly<Record<string, Plan>> = {
  US: {
    numbers: NANP_AREAS.split(' ').map((area) => `${area}|[23456789]dd|dddd`),
    code: '1',
    trunk: '',
    national: ['(#) #-#', '#-#-#', '#.#.#', '# # #', '1-#-#-#', '1 (#) #-#', '(#)#-#'],
  },
  GB: {
    numbers: [
      '7723|ddd|ddd',
      '74d0|ddd|ddd',
      '7912|ddd|ddd',
      '7815|ddd|ddd',
      '20|7ddd|dddd',
      '20|8ddd|dddd',
      '161|2dd|dddd',
      '131|5dd|dddd',
      '113|2dd|dddd',
    ],
    code: '44',
    trunk: '0',
    national: ['0# # #', '(0#) # #', '0#-#-#', '0# ##'],
  },
  DE: {
    numbers: [
      '30|90|1dd|ddd',
      '89|2|3dd|dddd',
      '40|3|2dd|dddd',
      '171|3|ddd|ddd',
      '151|2|ddd|dddd',
      '176|2|ddd|dddd',
      '221|2|2dd|ddd',
      '711|2|1dd|ddd',
    ],
    code: '49',
    trunk: '0',
    national: ['0# ###', '0#/###', '0#-###', '(0#) ###', '0# # # #', '0#/# # #'],
  },
  FR: {
    numbers: ['1|4d|dd|dd|dd', '6|1d|dd|dd|dd', '6|8d|dd|dd|dd', '7|8d|dd|dd|dd', '4|78|dd|dd|dd', '9|72|dd|dd|dd'],
    code: '33',
    trunk: '0',
    national: ['0# # # # #', '0#.#.#.#.#', '0#-#-#-#-#'],
  },
  ES: {
    numbers: ['612|34|dd|dd', '65d|dd|dd|dd', '91|123|dd|dd', '93|4dd|dd|dd'],
    code: '34',
    trunk: '',
    national: ['# # # #', '#-#-#-#', '# #-#-#', '#.#.#.#'],
  },
  IT: {
    numbers: ['347|ddd|dddd', '338|ddd|dddd', '320|ddd|dddd', '02|48dd|dddd', '06|69dd|dddd'],
    code: '39',
    trunk: '',
    national: ['# # #', '#-#-#', '#.#.#'],
  },
  NL: {
    numbers: ['6|12|dd|dd|dd', '6|5d|dd|dd|dd', '20|62|d|dd|dd', '10|41|d|dd|dd'],
    code: '31',
    trunk: '0',
    national: ['0#-####', '0# # # # #', '0# ####', '(0#) ####'],
  },
  BR: {
    numbers: ['11|9dddd|dddd', '21|98ddd|dddd', '31|99ddd|dddd', '11|3ddd|dddd', '41|3ddd|dddd'],
    code: '55',
    trunk: '',
    national: ['(#) #-#', '# #-#', '(#)#-#', '(#) # #'],
  },
  IN: {
    numbers: ['98ddd|ddddd', '99ddd|ddddd', '70dd1|ddddd', '88dd0|ddddd'],
    code: '91',
    trunk: '',
    national: ['# #', '#-#'],
  },
  JP: {
    numbers: ['90|Dddd|dddd', '80|Dddd|dddd', '70|1ddd|dddd', '3|3ddd|dddd', '6|6ddd|dddd'],
    code: '81',
    trunk: '0',
    national: ['0#-#-#', '0# # #', '(0#)#-#'],
  },
  AU: {
    numbers: ['412|ddd|ddd', '43d|ddd|ddd', '2|9ddd|dddd', '3|9ddd|dddd'],
    code: '61',
    trunk: '0',
    national: ['0# # #', '(0#) # #', '0#-#-#'],
  },
  CH: {
    numbers: ['79|ddd|dd|dd', '78|ddd|dd|dd', '44|3dd|dd|dd', '31|3dd|dd|dd'],
    code: '41',
    trunk: '0',
    national: ['0# # # #', '0#/# # #'],
  },
  PL: {
    numbers: ['51d|ddd|ddd', '60d|ddd|ddd', '79d|ddd|ddd', '22|6dd|dd|dd', '12|4dd|dd|dd'],
    code: '48',
    trunk: '',
    national: ['# # # #', '#-#-#-#'],
  },
  SE: {
    numbers: ['70|[2345]dd|dd|dd', '73|[0123]dd|dd|dd', '76|[0123]dd|dd|dd', '8|5dd|dd|ddd'],
    code: '46',
    trunk: '0',
    national: ['0#-# # #', '0# # # #', '0#-###'],
  },
  MX: {
    numbers: ['55|1ddd|dddd', '55|5ddd|dddd', '33|3ddd|dddd', '81|8ddd|dddd'],
    code: '52',
    trunk: '',
    national: ['# # #', '#-#-#', '(#) # #'],
  },
};

export const COUNTRIES = Object.keys(PLANS);

const FIELDS =
  `phone phoneNumber phone_number mobile mobileNumber mobile_phone cell cellPhone tel telephone Telefon telefonnummer handy handynummer téléphone telefono teléfono
  celular móvil contactPhone contact_phone_number homePhone workPhone fax whatsapp customerPhone billing_phone PHONE_NO primaryPhone phone1 mobilePhoneNumber alt_phone tel_no contactNumber emergencyContact.phone PhoneNumber__c daytimePhone from_phone callerNumber msisdn phone.number phones.value contact.mobile phone.work`.split(
    /\s+/,
  );

const LABELLED = [
  'Call me at {}.',
  'Tel.: {}',
  'Tel. {}',
  'Mobil: {}',
  'Mobile {} (evenings)',
  'You can reach {name} on {} after 5.',
  'Phone: {}, {name}',
  'phone={}',
  'Telefon {}',
  'Tél. : {}',
  'Teléfono: {}',
  'Telefono {}',
  'Please text {} when you arrive',
  'WhatsApp: {}',
  'Fax: {}',
  '{"name":"x","phone":"{}"}',
  'Phone number is {}',
  'Contact: {name}, tel {}',
  'Handy: {}',
  'Cell: {}',
  'Celular {}',
  '電話: {}',
  'tel:{}',
  "{name}'s phone is {}",
  'Hotline {}',
  'ring {} and ask for {name}',
  'Appelez {name} au {}',
  'Llame al {}',
  'Chiamare {}',
  'mobile number {} on file',
  'For questions dial {}',
  'Emergency contact {}',
  'sms to {}',
  'Rufnummer {}',
  'erreichbar unter {}',
  'Numéro de téléphone : {}',
  'móvil {}',
  'recapito telefonico {}',
  '联系电话：{}',
  'Ph: {}',
  'Ph. {}',
  'mob {}',
  'cell no {}',
  'Tel/Fax: {}',
  'phone # {}',
  'call back on {}',
  'number to call: {}',
  'Telefonnr.: {}',
  'GSM: {}',
  'Tlf. {}',
  'Caller {} hung up',
  'sent an SMS to {}',
];

/** A number of that country as people write it. */
function written(country: string, random: Random): { text: string; bare: boolean } {
  const plan = PLANS[country];
  if (plan === undefined) throw new Error(`no plan for ${country}`);
  const number = random.shape(
    random.pick(plan.numbers).replace(/\[(\d+)\]/g, (_, choice: string) => random.of(choice, 1)),
  );
  const groups = number.split('|');
  const way = random.next();
  if (way < 0.12) return { text: `+${plan.code}${groups.join('')}`, bare: false };
  if (way < 0.32)
    return { text: `+${plan.code} ${groups.join(random.word('_ _ - .').replace('_', ' '))}`, bare: false };
  if (way < 0.36 && plan.trunk === '0') return { text: `+${plan.code} (0)${groups.join(' ')}`, bare: false };
  if (way < 0.4 && country !== 'US') return { text: `00${plan.code} ${groups.join(' ')}`, bare: false };
  if (way < 0.52) return { text: plan.trunk + groups.join(''), bare: true };
  const formats = plan.national.filter((format) => format.split('#').length - 1 === groups.length);
  const format = formats.length === 0 ? `${plan.trunk}${groups.map(() => '#').join(' ')}` : random.pick(formats);
  let i = 0;
  // Only the text around four numbers with dots tells whether they are an IP address.
  const bare = format === '#.#.#.#';
  const text = format.replace(/#/g, () => groups[i++] ?? '');
  // Full-width, as typed in Japan.
  return {
    text:
      country === 'JP' && random.chance(0.1)
        ? text.replace(/[\d()-]/g, (c) =>
            DIGITS.includes(c)
              ? String.fromCharCode(c.charCodeAt(0) + 0xfee0)
              : c === '-'
                ? '－'
                : c === '('
                  ? '（'
                  : '）',
          )
        : text,
    bare,
  };
}

export function phones(country: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () => {
    const { text, bare } = written(country, random);
    const where = random.next();
    if (where < 0.4) return under(random.pick(FIELDS), text, country);
    // Digits alone need the text around them.
    return filled(random.pick(bare || where < 0.75 ? LABELLED : PLAIN_FRAMES), text, country, random);
  });
}
