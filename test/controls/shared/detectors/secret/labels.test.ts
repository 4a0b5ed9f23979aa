/** Secrets by a label in the text: how far they go, in which languages, and what is none. */
import { expect, test } from 'vitest';
import { secret } from '../../../../../proxy/controls/shared/detectors/index.ts';

const detector = secret();
const found = (text: string, field?: string): string[] =>
  detector
    .find(text, field === undefined ? undefined : { field, path: [field] })
    .map((span) => text.slice(span.start, span.end));

const SIGNATURE = '0a3f91c7de5b8246'.repeat(4);
const TOKEN = ['q7Rk2LmZ', '9xTv4Bn', 'W8sYc3'].join('');

test.each([
  ['Server=db;User Id=sa;Password=Tr0ub4dor&3;', 'Tr0ub4dor&3'],
  ['DB_PASSWORD=p@ss,w0rd;x', 'p@ss,w0rd;x'],
  ['Pwd=a1&b2c3;Encrypt=yes', 'a1&b2c3'],
  ['password=hunter2&user=bob', 'hunter2'],
  ['password=ab(7)c!, next', 'ab(7)c!'],
  ['connect(password=hunter2)', 'hunter2'],
  ['{password:hunter2,user:bob}', 'hunter2'],
  ['password: hunter2\nuser: bob', 'hunter2'],
  ['  - name: DB_PASSWORD\n    value: "hunter2"', 'hunter2'],
  ['[{"name":"password","value":"hunter2"}]', 'hunter2'],
  ['<add key="DbPassword" value="hunter2"/>', 'hunter2'],
  ['<bean password="hunter2" user="x">', 'hunter2'],
  ['<password>hunter2</password>', 'hunter2'],
  ['{\\"password\\":\\"hunter2\\"}', 'hunter2'],
  ['{"password":"a\\"b7\\"c"}', 'a\\"b7\\"c'],
  ['pwd="a b"', 'a b'],
  ['"password": "correct horse battery staple"', 'correct horse battery staple'],
  ["mysql -u root -p'hunt er2' db", 'hunt er2'],
  ['mysql -u root -phunter2 db', 'hunter2'],
  ["curl -u 'bob:s3cr3t!' https://x", 's3cr3t!'],
  ['curl --user bob:s3cr3t! https://x', 's3cr3t!'],
  ['sshpass -p hunter2 ssh h', 'hunter2'],
  ['tool --password hunter2 --x', 'hunter2'],
  ["ALTER USER bob IDENTIFIED BY 'hunter2';", 'hunter2'],
  ['ALTER USER bob IDENTIFIED BY "Tr0ub4dor&3";', 'Tr0ub4dor&3'],
  ['machine h login bob password hunter2', 'hunter2'],
  ['the password for the db is hunter2.', 'hunter2'],
  ['The password: `hunter2`', 'hunter2'],
  ['password is “hunter2”', 'hunter2'],
  ['jdbc:postgresql://h/db?user=u&password=hunter2', 'hunter2'],
  ['Authorization: Basic Ym9iOmh1bnRlcg==', 'Ym9iOmh1bnRlcg=='],
  [`Cookie: a=b; sessionid=${TOKEN}`, TOKEN],
  [`https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${SIGNATURE}`, SIGNATURE],
  [`x?sv=2022&sig=${TOKEN}%3D&se=1`, `${TOKEN}%3D`],
  [`api token: ${TOKEN}`, TOKEN],
  ['**Password:** hunter2!', 'hunter2!'],
  ['<b>Passwort:</b> hunter2!<br>', 'hunter2!'],
  ['Contraseña – hunter2!', 'hunter2!'],
  ['Password\thunter2!', 'hunter2!'],
  ['Jelszó megerősítése\thunter2!', 'hunter2!'],
  ['Mật khẩu hiện tại hunter2!', 'hunter2!'],
  ['Password attuale (hunter2!)', 'hunter2!'],
  ['<dt>Password attuale</dt><dd>hunter2!</dd>', 'hunter2!'],
  ['Нууц үг hunter2!', 'hunter2!'],
  ['പാസ്\u200cവേഡ് (hunter2!)', 'hunter2!'],
  ['पासवर्डची खात्री करा\thunter2!', 'hunter2!'],
  ['Password ........ hunter2!', 'hunter2!'],
  ['Password (hunter2!)', 'hunter2!'],
  ['log in as bob, password hunter2!', 'hunter2!'],
  ['Le mot de passe est hunter2!', 'hunter2!'],
  ['La contraseña es hunter2!', 'hunter2!'],
  [`the token for the bot: ${TOKEN}`, TOKEN],
  [`<label>API key</label> <input value="${TOKEN}">`, TOKEN],
  [`the client secret is ${TOKEN}`, TOKEN],
  [`token=${TOKEN.repeat(20)}`, TOKEN.repeat(20)],
  [`api key: ${TOKEN.repeat(20)}==`, `${TOKEN.repeat(20)}==`],
  [`token:token:${TOKEN}`, `token:${TOKEN}`],
  // A pattern that could divide the letters at any place would not end.
  [`token=${'abcdefghijklmnopqrstuvwxyz'.repeat(3)}9876_$`, `${'abcdefghijklmnopqrstuvwxyz'.repeat(3)}9876_$`],
  ['I rotated the client secret, it is MdVsqrRO-AYhmykJKUvrOhzjtJtK', 'MdVsqrRO-AYhmykJKUvrOhzjtJtK'],
  ['os.environ["DB_PASSWORD"] = "Tr0ub4dor&3"', 'Tr0ub4dor&3'],
  ["config['password'] = 'hunter2'", 'hunter2'],
  ["config['db']['password'] ||= 'hunter2'", 'hunter2'],
  ['$db["password"] => "hunter2"', 'hunter2'],
  ["define('DB_PASSWORD', 'S3cr3tPw!');", 'S3cr3tPw!'],
  [`headers["X-Api-Key"] = "${TOKEN}"`, TOKEN],
  [`request.setHeader("X-Api-Key", "${TOKEN}")`, TOKEN],
  [`setHeader("Authorization", "Bearer ${TOKEN}")`, TOKEN],
  [`Bearer ${TOKEN}`, TOKEN],
  ["const password: string = 'S3cr3tPw!';", 'S3cr3tPw!'],
  ["private password?: string | undefined = 'hunter2';", 'hunter2'],
  ['val password: String = "hunter2"', 'hunter2'],
  ['password: str = "hunter2"', 'hunter2'],
  ['password: Optional[str] = "hunter2"', 'hunter2'],
  ['const PASSWORD: &\'static str = "hunter2";', 'hunter2'],
  ['var password string = "hunter2"', 'hunter2'],
  ['char password[16] = "hunter2";', 'hunter2'],
  ['const password: string = `hunter2`;', 'hunter2'],
  ['ssh pw S3cr3tPw!', 'S3cr3tPw!'],
  ['bob / S3cr3tPw! (pw)', 'S3cr3tPw!'],
  [`session_id=${TOKEN}`, TOKEN],
  [`sid=${TOKEN}; HttpOnly`, TOKEN],
  [`PHPSESSID=${TOKEN}`, TOKEN],
  [`https://maps.example.com/x?key=${TOKEN}abcd`, `${TOKEN}abcd`],
  [`https://api.example.com/?a=b&hapikey=${TOKEN}`, TOKEN],
  ['requirepass S3cr3tPw9xx', 'S3cr3tPw9xx'],
  ['CVV: 123', '123'],
  ['card security code: 1234', '1234'],
  ['비번: S3cr3tPw!', 'S3cr3tPw!'],
  ['パスワードは「S3cr3tPw!」です', 'S3cr3tPw!'],
  ['credentials: bob/hunter2', 'hunter2'],
  [`credential: ${TOKEN}/${TOKEN}`, `${TOKEN}/${TOKEN}`],
  [`${TOKEN}/${TOKEN} is the API key`, `${TOKEN}/${TOKEN}`],
  ['recovery codes: eh80w-0ws0c, biy2q-226ii', 'eh80w-0ws0c, biy2q-226ii'],
  ['Recovery codes: 1234-5678\n2345-6789\nKeep them safe', '1234-5678\n2345-6789'],
  ['openssl enc -d -k S3cr3tPw9', 'S3cr3tPw9'],
  ['zip -P S3cr3tPw9 x.zip x', 'S3cr3tPw9'],
  ['psexec \\\\h -u x -p S3cr3tPw9 cmd', 'S3cr3tPw9'],
  ['echo S3cr3tPw9 | sudo -S ls', 'S3cr3tPw9'],
  ['net use z: \\\\s\\x /user:bob S3cr3tPw9', 'S3cr3tPw9'],
  ['WIFI:T:WPA;S:home;P:S3cr3tPw9;;', 'S3cr3tPw9'],
  ['jdbc:oracle:thin:scott/t1gerX99@//db:1521/x', 't1gerX99'],
  [`https://${SIGNATURE.slice(0, 40)}@github.com/x/y.git`, SIGNATURE.slice(0, 40)],
  [
    `PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 2\n${SIGNATURE}\n${TOKEN}=\nPrivate-MAC: 00`,
    `${SIGNATURE}\n${TOKEN}=`,
  ],
])('finds the whole secret in %s', (text, expected) => {
  expect(found(text)).toEqual([expected]);
});

test.each(
  'contraseña パスワード mot␣de␣passe Passwort Kennwort hasło пароль şifre heslo 비밀번호 密码 密碼 senha wachtwoord lösenord κωδικός passord adgangskode salasana jelszó parola лозинка סיסמה'
    .split(' ')
    .map((label) => label.replaceAll('␣', ' ')),
)('understands the label %s, with a plain or a full-width colon, and as a field', (label) => {
  for (const text of [`${label}: hunter2`, `${label} : hunter2`, `${label}：hunter2`, `"${label}": "hunter2"`])
    expect(found(text)).toEqual(['hunter2']);
  expect(found('hunter2', label)).toEqual(['hunter2']);
});

test.each(
  'api_key x-api-key clientSecret access_token id_token private_key signing_key webhook_secret SECRET_KEY_BASE app_key authkey apitoken bot_token GITHUB_TOKEN DD_APP_KEY AWS_SESSION_TOKEN cache_secret JSESSIONID 密钥 секретный_ключ'.split(
    ' ',
  ),
)('finds the value of %s, as a field and in a text', (name) => {
  expect(found(TOKEN, name)).toEqual([TOKEN]);
  expect(found(`${name}=${TOKEN}\n`)).toEqual([TOKEN]);
  expect(found(`{"${name}":"${TOKEN}"}`)).toEqual([TOKEN]);
});

test.each([
  ['123', 'cvv'],
  ['1234', 'cvv2'],
  ['123', 'securityCode'],
  ['{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=', 'userPassword'],
])('finds %s in the field %s', (text, field) => {
  expect(found(text, field)).toEqual([text]);
});

test('finds the token in a cookie’s field', () => {
  expect(found(`sessionid=${TOKEN}`, 'Cookie')).toEqual([TOKEN]);
  expect(found(`a=b; sid=${TOKEN}; HttpOnly`, 'set-cookie')).toEqual([TOKEN]);
});

test.each([
  'gpg --keyserver k --recv-keys 4ED778F539E3634C779C87C6D7062848A1AB005C',
  "const p = config['password'];",
  "password = config['password']",
  "if (config['password'] == 'hunter2x') f()",
  "const fields = ['password', 'hunter2x']",
  "t('password', 'Passw0rd')",
  'const password: string = getPassword("x1");',
  'let password: string;',
  'password: string = "",',
  "headers['X-Api-Key'] = process.env.KEY",
  'postgres://user:<password>@host/db',
  'http://localhost:8080@x',
  'password: @Microsoft.KeyVault(SecretUri=https://x)',
  'password=Contraseña',
  'signed-by key: 9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
  '#define arcfour128_set_key nettle_arcfour128_set_key',
  '%sudo ALL=(root) NOPASSWD: /bin/systemctl restart x',
  'account_sid=AC0123456789abcdef0123456789abcdef',
  `{"session_id":"${TOKEN}"}`,
  'https://bucket.example.com/?key=uploads/2024/report-17.png',
  'sid=12345',
  'https://0a3f91c7de5b82460a3f91c7de5b8246@o1.ingest.sentry.io/1',
  'tar -k x1y2z3w4 file',
  'the security code of conduct 123',
  'password: process.env.PASSWORD',
  'PASSWORD=${PASSWORD}',
  'password: {{ .Values.password }}',
  'password = "$(cat file)"',
  'interface A { password: string; token?: string | undefined }',
  'password?: string | undefined',
  'def f(password: str = None, token: Optional[str] = None)',
  'fun login(password: String?, token: String): Result',
  'fn login(password: &str, token: Option<String>)',
  'f(account: string, password: string): Promise<void>',
  'password VARCHAR(255) NOT NULL',
  'password = getpass()',
  'password = getpass.getpass("Password: ")',
  'token = await client.token(id)',
  'password: <password>',
  'api_key: your-api-key-goes-here-123',
  'api_key=xxxxxxxxxxxxxxxx',
  'password: ********',
  'password: "Must be at least 8 characters"',
  '"password": "Enter your new password"',
  '--- PASS: TestUnicode2\n',
  `"integrity": "sha512-${'q7Rk2LmZ'.repeat(10)}=="`,
  'key: 4ed778f5-39e3-634c-779c-87c6d7062848',
  'commit 4ed778f539e3634c779c87c6d7062848a1ab005c',
  `data:image/png;base64,iVBORw0KGgo${'AAAAq7Rk2LmZ'.repeat(8)}`,
  'function(e){return e.password=t.password,e.token=n.getToken||r}',
  'var k={ownKeys:function(o){return 1},key:79,_isKey:133}',
  'The password hash is SHA256 by default.',
  'Reset the password to log in',
  'The token types of the API and the key sizes of AES256 are listed',
  'id,token\n1,open\n2,closed2024',
  '"pass": "元素包含可聚焦元素",',
  '"pass": "ARIA属性は使用できます",',
  '"pass": "<p> elements are not styled as headings",',
  '"@scope/password": "^5.2.5",',
  'module.exports.getPassword = function getPassword(service) {',
  'token not in "0123456789abcdef"',
])('finds nothing in %s', (text) => {
  expect(found(text)).toEqual([]);
});
