/** Secrets in their issuers' forms, and passwords as people choose them. None of them opens anything. */
import { ALNUM, LOWER, type Random, UPPER } from './random.ts';
import { filled, PLAIN_FRAMES, type Sample, under } from './sample.ts';

const URL64 = `${ALNUM}-_`;
const BASE64 = `${ALNUM}+/`;
const word64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Secrets that are recognized by their form, at any place. */
const SHAPED: Readonly<Record<string, (random: Random) => string>> = {
  'AWS access key': (r) => `${r.word('AKIA ASIA')}${r.of(`${UPPER}234567`, 16)}`,
  GitHub: (r) =>
    r.pick([
      `${r.word('ghp_ gho_ ghu_ ghs_ ghr_')}${r.of(ALNUM, 36)}`,
      `github_pat_${r.of(ALNUM, 22)}_${r.of(ALNUM, 59)}`,
    ]),
  GitLab: (r) => `glpat-${r.of(URL64, 20)}`,
  Slack: (r) =>
    r.pick([
      `xoxb-${r.digits(12)}-${r.digits(13)}-${r.of(ALNUM, 24)}`,
      `xoxp-${r.digits(11)}-${r.digits(11)}-${r.digits(12)}-${r.hex(32)}`,
      `https://hooks.slack.com/services/T${r.of(UPPER, 8)}/B${r.of(UPPER, 8)}/${r.of(ALNUM, 24)}`,
    ]),
  OpenAI: (r) => r.pick([`sk-${r.of(ALNUM, 48)}`, `sk-proj-${r.of(URL64, 80)}`]),
  Anthropic: (r) => `sk-ant-api03-${r.of(URL64, 93)}AA`,
  Google: (r) => r.pick([`AIza${r.of(URL64, 35)}`, `GOCSPX-${r.of(URL64, 28)}`, `ya29.${r.of(URL64, 80)}`]),
  Stripe: (r) => `${r.word('sk_live_ rk_live_ sk_test_')}${r.of(ALNUM, 24)}`,
  npm: (r) => `npm_${r.of(ALNUM, 36)}`,
  SendGrid: (r) => `SG.${r.of(URL64, 22)}.${r.of(URL64, 43)}`,
  'Hugging Face': (r) => `hf_${r.of(LOWER + UPPER, 34)}`,
  Twilio: (r) => `SK${r.hex(32)}`,
  Telegram: (r) => `${r.shape('Dddddddddd')}:AA${r.of(URL64, 33)}`,
  JWT: (r) =>
    `${word64({ alg: 'HS256', typ: 'JWT' })}.${word64({ sub: r.digits(6), iat: r.int(1_600_000_000, 1_800_000_000) })}.${r.bytes(32).toString('base64url')}`,
  'private key': (r) => {
    const kind = r.pick([
      'RSA PRIVATE KEY',
      'PRIVATE KEY',
      'EC PRIVATE KEY',
      'OPENSSH PRIVATE KEY',
      'ENCRYPTED PRIVATE KEY',
    ]);
    return `-----BEGIN ${kind}-----\n${(
      r
        .bytes(r.int(64, 400))
        .toString('base64')
        .match(/.{1,64}/g) ?? []
    ).join('\n')}\n-----END ${kind}-----`;
  },
};
const FRAMES = [
  ...PLAIN_FRAMES,
  'export KEY={}',
  'curl -H "Authorization: Bearer {}" https://api.example.com',
  'use {} to sign in',
  '{"value":"{}"}',
  'key: {}',
  'leaked: {} (rotate it)',
  "const k = '{}';",
  'x={}&y=1',
];
const ANY_FIELDS = 'value content text note output body config data env result'.split(' ');

/** Secrets that are recognized by the name of a field or label. */
const SECRET_FIELDS =
  'apiKey api_key API_KEY clientSecret client_secret secret secretKey secret_access_key aws_secret_access_key accessToken access_token refresh_token authToken privateToken X-Api-Key auth.secret credentials.secret apiSecret api_token webhookSecret signing_secret encryptionKey jwtSecret sessionToken consumerSecret SharedAccessKey'.split(
    ' ',
  );
const SECRET_FRAMES = [
  'api_key={}',
  'API_KEY="{}"',
  'api-key: {}',
  'client_secret={}&grant_type=client_credentials',
  '{"client_secret":"{}"}',
  'AWS_SECRET_ACCESS_KEY={}',
  'secret: "{}"',
  'accessToken: {}',
  'Authorization: Bearer {}',
  "apiKey: '{}',",
  'X-Api-Key: {}',
  '--api-key {}',
  '<apiKey>{}</apiKey>',
  'x-api-key={}',
  'apikey={}',
  'api key is {}',
  'auth_token: {}',
  'SECRET={}',
  '"secretAccessKey": "{}"',
  'bearer {}',
  'client secret: {}',
  'OPENAI_API_KEY={}',
  'secret key {}',
  '\\"apiKey\\":\\"{}\\"',
  'SECRET_KEY = "{}"',
  'AccountKey={};EndpointSuffix=x',
];
const PASSWORD_FIELDS =
  'password passwd pwd db_password dbPassword user.password newPassword adminPassword passphrase passwort contraseña senha mot_de_passe pw pass db_pass rootPassword smtpPassword password_1 Password__c user_pwd login.password'.split(
    ' ',
  );
const PASSWORD_FRAMES = [
  'password: {}',
  'password={}',
  'PASSWORD="{}"',
  '{"user":"x","password":"{}"}',
  'Server=db;User Id=sa;Password={};',
  'DB_PASSWORD={}',
  'your password is {}',
  '--password {}',
  "pwd='{}'",
  '<password>{}</password>',
  'Passwort: {}',
  'login: anna password: {}',
  'passwd: {}',
  'pw: {}',
  'the root password is "{}"',
  'PGPASSWORD={}',
  'Kennwort lautet {}',
  'Kennwort: {}',
  'contraseña: {}',
  'REDIS_PASS={}',
  ':password => "{}"',
  'password:{}',
  '\\"password\\":\\"{}\\"',
  'Password - {}',
  'pass: {}',
];

function random64(random: Random): string {
  return random.pick([
    () => random.of(ALNUM, random.int(20, 64)),
    () => random.hex(random.word('32 40 64') === '32' ? 32 : 64),
    () => random.of(BASE64, 40),
    () => random.of(URL64, random.int(24, 86)).replace(/^[-_]|[-_]$/g, 'a'),
  ])();
}

function password(random: Random, words: boolean): string {
  const ways = [
    () =>
      `${random.word('Summer Winter Tiger Dragon Bonjour Passion Berlin')}${random.int(1, 2026)}${random.word('! # $ ? _ % *')}`,
    () => `${random.of(LOWER, 1)}${random.of(`${ALNUM}!#$%*+-=?@^_~`, random.int(8, 18))}${random.digits(1)}`,
    () => `${random.word('hunter monkey qwerty letmein football')}${random.int(1, 999)}`,
    () => `${random.of(ALNUM, random.int(10, 16))}${random.digits(1)}`,
  ];
  if (words)
    ways.push(
      () => random.word('sunshine Schmetterling iloveyou trustnoone swordfish'),
      () => 'correct horse battery staple',
      () => random.digits(random.int(4, 8)),
    );
  return random.pick(ways)();
}

export const SECRET_KINDS = [...Object.keys(SHAPED), 'connection string', 'named secret', 'password'];

export function secrets(kind: string, count: number, random: Random): Sample[] {
  return Array.from({ length: count }, (): Sample => {
    const shaped = SHAPED[kind];
    if (shaped !== undefined) {
      const text = shaped(random);
      return random.chance(0.3)
        ? under(random.pick(ANY_FIELDS), text, kind)
        : filled(random.pick(FRAMES), text, kind, random);
    }
    if (kind === 'connection string') {
      const scheme = random.word('postgres postgresql mysql mongodb+srv redis amqp https');
      const value = random.pick([
        () => random.of(ALNUM, random.int(8, 24)),
        () => `${random.word('s3cret admin Winter')}${random.int(1, 99)}%21`,
      ])();
      return filled(
        random.pick([
          `${scheme}://app:{}@db.example.com:5432/main`,
          `DATABASE_URL=${scheme}://svc_user:{}@db.internal/x?ssl=true`,
          `"url":"${scheme}://:{}@cache:6379"`,
        ]),
        value,
        kind,
        random,
      );
    }
    if (kind === 'named secret') {
      const value = random64(random);
      return random.chance(0.45)
        ? under(random.pick(SECRET_FIELDS), value, kind)
        : filled(random.pick(SECRET_FRAMES), value, kind, random);
    }
    return random.chance(0.5)
      ? under(random.pick(PASSWORD_FIELDS), password(random, true), kind)
      : filled(random.pick(PASSWORD_FRAMES), password(random, false), kind, random);
  });
}
