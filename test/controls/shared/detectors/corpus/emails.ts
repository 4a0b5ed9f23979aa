/** E-mail addresses as of companies and people. */
import { type Random } from './random.ts';
import { filled, PLAIN_FRAMES, type Sample, under } from './sample.ts';

const FIRST: Readonly<Record<string, string>> = {
  en: "james mary john linda robert susan o'brien",
  de: 'jürgen anna lukas müller björn',
  fr: 'chloé luc hélène jean-pierre',
  es: 'josé maría íñigo lucía',
  pl: 'łukasz zofia agnieszka',
  jp: 'taro hanako yuki',
  zh: 'wei li xiaoming',
  ru: 'иван мария',
  el: 'γιώργος',
};
const LAST: Readonly<Record<string, string>> = {
  en: 'smith jones taylor brown',
  de: 'schmidt weber becker',
  fr: 'martin lefevre',
  es: 'garcia lopez',
  pl: 'nowak kowalski',
  jp: 'yamada sato',
  zh: 'wang zhang',
  ru: 'иванов петров',
  el: 'παπαδόπουλος',
};
const DOMAINS: Readonly<Record<string, string>> = {
  en: 'gmail.com outlook.com example.com example.org acme.co.uk mail.corp.internal.example.net startup.io team.dev company.museum b.co nhs.uk state.ca.us',
  de: 'gmx.de web.de t-online.de firma-gmbh.de münchen.example post.müller.de',
  fr: 'orange.fr laposte.net société.fr',
  es: 'telefonica.es correo.com.mx',
  pl: 'wp.pl onet.pl firma.com.pl',
  jp: 'docomo.ne.jp example.co.jp 例え.jp',
  zh: '163.com 126.com qq.com 例子.中国',
  ru: 'yandex.ru почта.рф xn--e1afmkfd.xn--p1ai',
  el: 'παράδειγμα.ελ otenet.gr',
};
export const EMAIL_LOCALES = Object.keys(FIRST);

const FIELDS =
  `email emailAddress email_address e-mail mail contact contactEmail user.email from to replyTo customer owner login username notes assignee createdBy correo courriel メール`.split(
    /\s+/,
  );
const FRAMES = [
  ...PLAIN_FRAMES,
  'E-mail: {}',
  'mailto:{}?subject=Hi',
  '{name} <{}>',
  'From: "{name}" <{}>',
  'cc {}, {name}',
  'user={}&page=2',
  'https://shop.example/reset?email={}&t=1',
  '{"email":"{}","id":{n}}',
  "WHERE email = '{}'",
  'login {} failed from 3 hosts',
  'customer://{}/orders',
  '[{}](mailto:x)',
  'メールは{}です',
  '`{}`',
  'write to {}!',
  'Is it {}?',
  '[2026-11-22 10:00:00] INFO sent mail to {} in 12 ms',
  'to:{} from:desk',
  '<a href="mailto:{}">mail</a>',
  "'{}'",
];

function address(locale: string, random: Random): string {
  const first = random.word(FIRST[locale] ?? '');
  const last = random.word(LAST[locale] ?? '');
  const local = random.pick([
    `${first}.${last}`,
    first,
    `${first}_${last}`,
    `${first}${random.int(1, 1999)}`,
    `${first[0]}${last}`,
    `${first}.${last}+${random.word('news shop x 2026')}`,
    `${first}-${last}`,
    `${last}.${first[0]}.${random.int(1, 99)}`,
    random.word('info support sales no-reply office.hr'),
  ]);
  const domain = random.word(DOMAINS[locale] ?? '');
  const text = `${local}@${domain}`;
  return random.chance(0.08) ? text.toUpperCase() : text;
}

export function emails(locale: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, () =>
    random.chance(0.3)
      ? under(random.pick(FIELDS), address(locale, random), locale)
      : filled(random.pick(FRAMES), address(locale, random), locale, random),
  );
}
