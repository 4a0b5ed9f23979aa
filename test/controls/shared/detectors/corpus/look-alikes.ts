/** Texts that look like personal data or a secret but are neither: from databases, logs, code and letters. */
import { among } from './places/fields.ts';
import { ALNUM, DIGITS, LOWER, type Random, UPPER } from './random.ts';
import type { Trap } from './sample.ts';

interface Kind {
  readonly values: readonly ((random: Random) => string)[];
  readonly fields: string;
  /** The text around a value; a third of the values have none. */
  readonly frames: readonly string[];
}

const URL64 = `${ALNUM}-_`;
const at = (random: Random): Date => new Date(random.int(1_300_000_000, 1_900_000_000) * 1000 + random.int(0, 999));
const pad = (n: number, size = 2): string => String(n).padStart(size, '0');
const uuid = (r: Random): string => `${r.hex(8)}-${r.hex(4)}-4${r.hex(3)}-${r.of('89ab', 1)}${r.hex(3)}-${r.hex(12)}`;
const grouped = (n: number, separator: string): string => String(n).replace(/\B(?=(\d{3})+$)/g, separator);
const semver = (r: Random): string => `${r.int(0, 40)}.${r.int(0, 60)}.${r.int(0, 300)}`;

const KINDS: Readonly<Record<string, Kind>> = {
  ids: {
    values: [
      (r) => r.digits(r.int(4, 12)),
      (r) => `1${r.digits(r.int(15, 18))}`,
      (r) => String(r.int(1, 2_000_000_000)),
      (r) => r.shape('Dddddddddd'),
      (r) => r.shape('Ddddddddddddddd'),
      (r) => r.of(`${DIGITS}abcdef`, 24),
      (r) => `usr_${r.of(ALNUM, 14)}`,
      (r) => `cus_${r.of(ALNUM, 14)}`,
      (r) => `AROA${r.of(UPPER, 17)}`,
      (r) => `C-${r.digits(4)}`,
      (r) => r.of(URL64, 11),
      (r) => `01${r.of('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}`,
      (r) => `i-0${r.hex(16)}`,
      (r) => `arn:aws:iam::${r.digits(12)}:role/x`,
      (r) => `pi_${r.of(ALNUM, 24)}`,
      (r) => `vol-${r.hex(17)}`,
      (r) => `${r.word('sess run req')}_${r.of(ALNUM, 24)}`,
      (r) => `AC${r.hex(32)}`,
      (r) => `${r.int(1000, 9999)}`,
      (r) => r.shape('DDDddddddd'),
    ],
    fields:
      'id ID userId user_id accountId customer_id tweetId messageId resource.id parentId nodeId externalId objectId tenant_id rowId requestId',
    frames: [
      'id {}',
      'User {} not found',
      'GET /users/{}/orders',
      '?id={}',
      'row {} updated',
      'id={}, name=x',
      '{"id":"{}"}',
      '#{}',
      'item {} of 12',
      'account {} is closed',
      'Tweet {}',
      'ids: {}',
      'user id: {}',
    ],
  },
  orders: {
    values: [
      (r) => r.shape('ddd-ddddddd-ddddddd'),
      (r) => `INV-2026-${r.digits(6)}`,
      (r) => `1Z${r.of(UPPER + DIGITS, 8)}${r.digits(8)}`,
      (r) => r.digits(12),
      (r) => r.digits(20),
      (r) => r.shape('ddd-ddd-dddd'),
      (r) => r.shape('ddd-dd-dddd'),
      (r) => r.shape('dddd-dddd-dddd-dddd'),
      (r) => `PO${r.digits(8)}`,
      (r) => `${r.of(UPPER, 2)}${r.digits(9)}${r.word('US GB DE CN')}`,
      (r) => r.digits(16),
      (r) => r.digits(10),
      (r) => `SO-${r.digits(5)}-${r.digits(2)}`,
      (r) => r.of(UPPER, 6),
      (r) => `4${r.digits(15)}`,
      (r) => `RMA${r.digits(7)}`,
      (r) => `${r.digits(3)}/${r.digits(4)}/${r.digits(5)}`,
    ],
    fields:
      'orderId order_number orderNo invoiceNumber trackingNumber tracking_no shipmentId parcelNumber reference referenceNumber ticketId caseNumber bookingRef sku partNumber batch lot serialNumber poNumber confirmationNumber',
    frames: [
      'Order {} has shipped',
      'order no. {}',
      'Invoice {}',
      'Tracking number: {}',
      'parcel {} delivered',
      'Ref: {}',
      'ticket {} closed',
      'SKU {}',
      'Bestellung {} ist unterwegs',
      'Commande n° {}',
      'Pedido {}',
      'case number {}',
      'serial no. {}',
      'Your booking {} is confirmed',
      'part {} x2',
      'order={}',
    ],
  },
  timestamps: {
    values: [
      (r) => at(r).toISOString(),
      (r) => String(Math.trunc(at(r).getTime() / 1000)),
      (r) => String(at(r).getTime()),
      (r) => `${at(r).getTime()}${r.digits(3)}`,
      (r) => `${at(r).getTime()}${r.digits(6)}`,
      (r) => at(r).toUTCString(),
      (r) => at(r).toISOString().replace('T', ' ').slice(0, 19),
      (r) =>
        at(r)
          .toISOString()
          .replace(/[-:TZ.]/g, '')
          .slice(0, 14),
      (r) => at(r).toISOString().slice(0, 10),
      (r) => at(r).toISOString().slice(0, 10).replaceAll('-', ''),
      (r) => `${pad(r.int(1, 28))}.${pad(r.int(1, 12))}.20${pad(r.int(0, 30))}`,
      (r) => `${pad(r.int(1, 12))}/${pad(r.int(1, 28))}/20${pad(r.int(0, 30))}`,
      (r) => `${pad(r.int(0, 23))}:${pad(r.int(0, 59))}:${pad(r.int(0, 59))}`,
      (r) => `${r.int(1, 28)} Nov ${r.int(2000, 2030)}`,
      (r) => `[22/Nov/2026:${pad(r.int(0, 23))}:${pad(r.int(0, 59))}:00 +0${r.int(0, 9)}00]`,
      (r) => at(r).toISOString().slice(0, 19) + `+0${r.int(0, 9)}:00`,
      (r) => `P${r.int(1, 9)}DT${r.int(1, 23)}H`,
      (r) => `${at(r).toISOString().slice(0, 10)} - ${at(r).toISOString().slice(0, 10)}`,
      (r) => at(r).toISOString().slice(0, 10) + ' ' + r.int(10, 23) + '-' + r.int(10, 23),
    ],
    fields:
      'createdAt created_at updatedAt timestamp ts time date startDate endDate expiresAt hireDate lastLogin due_date eventTime issued validUntil passportExpiry',
    frames: [
      'created {}',
      'on {}',
      'at {}: started',
      '{} INFO ready',
      'expires {}',
      'due {}',
      'since {}',
      'last login {}',
      '"ts":{}',
      'from {} on',
      '{} [main] boot',
      'hired on {}',
      'Valid until {}',
      'signed on {}',
      'meeting {}',
      'epoch {}',
    ],
  },
  coordinates: {
    values: [
      (r) => `${(r.next() * 180 - 90).toFixed(r.int(2, 15))}, ${(r.next() * 360 - 180).toFixed(r.int(2, 15))}`,
      (r) => (r.next() * 360 - 180).toFixed(r.int(4, 15)),
      (r) =>
        `${r.int(0, 89)}°${r.int(0, 59)}'${r.int(0, 59)}.${r.digits(2)}"N ${r.int(0, 179)}°${r.int(0, 59)}'${r.int(0, 59)}"W`,
      (r) => `${(r.next() * 90).toFixed(6)} ${(r.next() * 180).toFixed(6)}`,
      (r) => `POINT(${(r.next() * 180).toFixed(5)} ${(r.next() * 90).toFixed(5)})`,
      (r) => `geo:${(r.next() * 90).toFixed(4)},${(r.next() * 180).toFixed(4)}`,
      (r) => `[${(r.next() * 180).toFixed(7)},${(r.next() * 90).toFixed(7)}]`,
      (r) => `+${(r.next() * 90).toFixed(4)}-${(100 + r.next() * 80).toFixed(4)}/`,
    ],
    fields: 'location coordinates lat lng longitude latitude geo center position bbox point',
    frames: ['at {}', 'lat/lon {}', 'near {}', 'maps?q={}', 'Position: {}', 'GPS {}', '"center":{}'],
  },
  uuids: {
    values: [
      uuid,
      (r) => uuid(r).toUpperCase(),
      (r) => uuid(r).replaceAll('-', ''),
      (r) => `{${uuid(r)}}`,
      (r) => `urn:uuid:${uuid(r)}`,
      (r) => `${r.digits(8)}-${r.digits(4)}-4${r.digits(3)}-8${r.digits(3)}-${r.digits(12)}`,
      (r) => `0198${r.hex(4)}-${r.hex(4)}-7${r.hex(3)}-9${r.hex(3)}-${r.hex(12)}`,
    ],
    fields: 'uuid id guid requestId correlationId traceId sessionId session key token idempotencyKey instance',
    frames: [
      'request {}',
      'id={}',
      'trace {}',
      'X-Request-Id: {}',
      '/v1/jobs/{}',
      'Correlation {}',
      'token {}',
      'session: {}',
    ],
  },
  hashes: {
    values: [
      (r) => r.hex(40),
      (r) => r.hex(7),
      (r) => r.hex(32),
      (r) => r.hex(64),
      (r) => r.hex(128),
      (r) => `sha256:${r.hex(64)}`,
      (r) => `"${r.hex(32)}"`,
      (r) => `sha512-${r.bytes(64).toString('base64')}`,
      (r) => r.hex(8),
      (r) => r.hex(12),
      (r) => `W/"${r.hex(16)}"`,
      (r) => r.bytes(20).toString('base64'),
      (r) => r.hex(56),
      (r) => r.hex(40).toUpperCase(),
    ],
    fields:
      'sha commit hash checksum digest etag md5 revision integrity fingerprint contentHash passwordHash treeId blob',
    frames: [
      'commit {}',
      'Merge {} into main',
      'sha256 {}',
      'etag {}',
      '{} Fix the build',
      'image@{}',
      'checksum: {}',
      'HEAD is now at {}',
      'integrity={}',
      'digest {} ok',
    ],
  },
  encodings: {
    values: [
      (r) => r.bytes(r.int(12, 400)).toString('base64'),
      (r) => r.bytes(r.int(12, 200)).toString('base64url'),
      (r) => r.of(`${UPPER}234567`, r.int(16, 64)),
      (r) =>
        r
          .bytes(r.int(8, 40))
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1 '),
      (r) => `data:image/png;base64,${r.bytes(120).toString('base64')}`,
      (r) => `0x${r.hex(r.int(8, 40))}`,
      (r) =>
        r
          .bytes(6)
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1:'),
      (r) => `#${r.hex(6)}`,
      (r) =>
        r
          .bytes(16)
          .toString('hex')
          .replace(/(..)(?=.)/g, '$1:'),
      (r) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA${r.bytes(32).toString('base64').slice(0, 43)} build`,
      (r) => `-----BEGIN CERTIFICATE-----\n${r.bytes(96).toString('base64')}\n-----END CERTIFICATE-----`,
      (r) => r.of(DIGITS + 'ABCDEF', 32),
      (r) => `%${r.hex(2).toUpperCase()}%${r.hex(2).toUpperCase()}${r.of(ALNUM, 10)}`,
    ],
    fields:
      'data blob content image body payload publicKey thumbnail nextToken cursor pageToken mac color raw avatar bytes',
    frames: [
      '{}',
      'data={}',
      'MAC {}',
      'body: {}',
      'src="{}"',
      'cursor={}',
      'key fingerprint {}',
      'nextToken: {}',
      'next_page_token={}',
    ],
  },
  code: {
    values: [
      (r) => `npm i ${r.word('react lodash left-pad @types/node')}@${semver(r)}`,
      (r) => `git clone git@github.com:acme/${r.of(LOWER, 6)}.git`,
      () => '@Override public void run() {}',
      (r) => `@app.route("/x/${r.int(1, 9)}")`,
      (r) => `const x = arr[${r.int(0, 99)}] ?? ${r.int(0, 9999)};`,
      (r) => `if (code === ${r.int(100, 599)}) throw new Error("E${r.digits(4)}");`,
      (r) => `std::vector<int> v${r.int(1, 9)}(${r.int(1, 999)});`,
      () => 'use crate::face::bead::Dad;',
      (r) => `SELECT * FROM t WHERE id IN (${r.int(1, 999)}, ${r.int(1000, 9999)}, ${r.digits(9)})`,
      (r) => `.icon { background: url(icon@2x.png); margin: ${r.int(0, 9)}px ${r.int(0, 9)}px }`,
      (r) => `password = os.environ["DB_PASSWORD"] # ${r.int(1, 99)}`,
      () => 'const token = await getToken(user.id);',
      () => 'if (password !== confirmPassword) return;',
      () => 'api_key: ${{ secrets.API_KEY }}',
      () => 'secret: process.env.CLIENT_SECRET',
      () => 'Authorization: Bearer <token>',
      () => 'token: string; password?: string;',
      () => 'new Client({ apiKey: config.apiKey, secret: this.secret })',
      (r) => `/^\\d{3}-\\d{2}-\\d{${r.int(2, 9)}}$/`,
      () => 'postgres://user:password@localhost/db',
      () => 'mysql://root:${DB_PASS}@db/x',
      (r) => `for (let i = 0; i < ${r.digits(6)}; i++) {}`,
      (r) => `kubectl get pods -n ns-${r.int(1, 99)} | grep api-${r.hex(10)}-${r.of(LOWER + DIGITS, 5)}`,
      (r) => `0x${r.hex(8)}: mov eax, [rbp-0x${r.hex(2)}]`,
      () => 'user@1000.service: Main process exited',
      () => 'a[1::2], b[::3]',
      (r) => `assert.equal(f(${r.int(1, 99)}), '${r.of(LOWER, 12)}')`,
      () => 'def login(self, password: str, token: Optional[str] = None) -> bool:',
      (r) => `<div class="col-${r.int(1, 12)} mt-${r.int(1, 5)}" id="x${r.int(1, 99)}">`,
      () => '{"type":"string","description":"The password of the account"}',
      () => 'passwordField.setText("");',
      (r) => `rgb(${r.int(0, 255)}, ${r.int(0, 255)}, ${r.int(0, 255)})`,
      () => 'pip install "requests[security]==2.31.0"',
      (r) => `Exception at 0x${r.hex(12)} (main.c:${r.int(1, 9999)}:${r.int(1, 80)})`,
    ],
    fields: 'code snippet diff patch command source query text content script',
    frames: ['{}', '```\n{}\n```', '+ {}', '    {}', '{} // see docs'],
  },
  versions: {
    values: [
      semver,
      (r) => `v${semver(r)}`,
      (r) => `${semver(r)}-beta.${r.int(1, 9)}`,
      (r) => `^${semver(r)}`,
      (r) =>
        `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${r.int(90, 150)}.0.0.0 Safari/537.36`,
      (r) => `version ${r.int(1, 20)}.${r.int(0, 9)}.${r.int(0, 99)}.${r.int(1, 99)}`,
      (r) => `Version=${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 9)}.0`,
      (r) => `1.3.6.1.4.1.${r.int(100, 9999)}.${r.int(1, 9)}`,
      (r) => `app-${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 9)}.${r.int(1, 9)}.tar.gz`,
      (r) => `v${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 9)}.${r.int(1, 9)}`,
      (r) => `python:3.${r.int(8, 14)}-slim`,
      (r) => `pkg@${r.int(1, 9)}.${r.int(0, 9)}.${r.int(0, 9)}`,
      (r) => `requests@${semver(r)}-rc.${r.int(1, 9)}`,
      (r) => `Windows NT 10.0.${r.int(10000, 26000)}.${r.int(1, 999)}`,
      (r) => `2026.${r.int(1, 12)}.${r.int(1, 28)}`,
      (r) => `Edg/${r.int(90, 140)}.0.${r.int(1000, 3000)}.${r.int(1, 99)}`,
      (r) => `section ${r.int(1, 9)}.${r.int(1, 9)}.${r.int(1, 9)}.${r.int(1, 9)}`,
    ],
    fields: 'version ver appVersion firmware_version userAgent user_agent release dependency image build sdkVersion',
    frames: ['{}', 'running {}', 'upgraded to {}', '"{}"', 'node {}', 'see {} for details', 'FROM {}'],
  },
  amounts: {
    values: [
      (r) => `$${grouped(r.int(1, 9_999_999), ',')}.${r.digits(2)}`,
      (r) => `€${grouped(r.int(1000, 999_999_999), '.')},${r.digits(2)}`,
      (r) => `${grouped(r.int(1000, 999_999_999), ' ')} €`,
      (r) => `${grouped(r.int(1000, 999_999_999), '\u202f')},${r.digits(2)} EUR`,
      (r) => `USD ${r.int(1, 99999)}.${r.digits(2)}`,
      (r) => `¥${grouped(r.int(100, 9_999_999), ',')}`,
      (r) => `CHF ${grouped(r.int(1000, 9_999_999), "'")}.50`,
      (r) => `${grouped(r.int(100_000, 99_999_999), ' ')} kr`,
      (r) => `₹${r.int(1, 99)},${r.digits(2)},${r.digits(3)}`,
      (r) => `R$ ${grouped(r.int(1000, 9_999_999), '.')},00`,
      (r) => (r.next() * 10 ** r.int(1, 9)).toFixed(2),
      (r) => `-${r.int(1, 999)}.${r.digits(r.int(1, 12))}`,
      (r) => `${r.int(1, 100)}.${r.digits(1)} %`,
      (r) => grouped(r.int(1_000_000, 999_999_999), ','),
    ],
    fields: 'amount price total balance cost revenue subtotal tax_amount value quantity',
    frames: [
      '{}',
      'Total: {}',
      'costs {} a month',
      'Betrag {}',
      'pay {} now',
      'Prix : {}',
      'revenue of {} in 2025',
      'price {} incl. VAT',
      'between {} and more',
    ],
  },
  codes: {
    values: [
      (r) => `978${r.digits(10)}`,
      (r) => `978-${r.int(0, 9)}-${r.digits(3)}-${r.digits(5)}-${r.int(0, 9)}`,
      (r) => `4${r.digits(12)}`,
      (r) => `35${r.digits(13)}`,
      (r) => `86${r.digits(13)}`,
      (r) => r.of('0123456789ABCDEFGHJKLMNPRSTUVWXYZ', 17),
      (r) => `B0${r.of(UPPER + DIGITS, 8)}`,
      (r) => `${r.digits(4)}-${r.digits(3)}${r.word('X 1 2')}`,
      (r) => `10.${r.digits(4)}/${r.of(LOWER, 6)}.${r.digits(7)}`,
      (r) => `LH${r.int(100, 9999)}`,
      (r) => `${r.digits(5)}-${r.digits(4)}`,
      (r) => `${r.word('SW1A EC1A M1')} ${r.int(1, 9)}AA`,
      (r) => `${r.of(UPPER, 3)}-${r.digits(4)}`,
      (r) => `${r.of(UPPER, 4)}${r.word('DE US')}${r.of(UPPER, 2)}XXX`,
      (r) => `DE${r.digits(9)}`,
      (r) => `GB${r.digits(9)}`,
      (r) => `US${r.of(UPPER + DIGITS, 9)}${r.digits(1)}`,
      (r) => `E${r.digits(5)}`,
      (r) => `${r.word('ISO RFC EN')} ${r.digits(4)}`,
      (r) => `S/N ${r.of(UPPER + DIGITS, 10)}`,
      (r) => `urn:isbn:978${r.digits(10)}`,
      (r) => `${r.int(10, 99)}-${r.digits(7)}`,
    ],
    fields:
      'isbn ean upc imei vin asin barcode gtin postalCode zip flight licensePlate bic vatId isin errorCode doi issn model',
    frames: [
      '{}',
      'ISBN {}',
      'EAN {}',
      'IMEI: {}',
      'VIN {}',
      'code {}',
      'ASIN {}',
      'flight {}',
      'VAT ID {}',
      'ZIP {}',
      'barcode {}',
      'doi:{}',
      'error {}',
      'model {}',
      'ISIN {}',
    ],
  },
  lists: {
    values: [
      (r) => Array.from({ length: r.int(4, 12) }, () => r.int(0, 999)).join(' '),
      (r) => Array.from({ length: r.int(4, 12) }, () => r.int(0, 9999)).join(', '),
      (r) => Array.from({ length: r.int(3, 6) }, () => r.next().toFixed(r.int(2, 10))).join('\t'),
      (r) => `${r.int(1, 400)}-${r.int(400, 900)}`,
      (r) => `${r.int(1990, 2010)}-${r.int(2011, 2030)}`,
      (r) => `${r.int(0, 9)}:${r.int(0, 9)} (${r.int(0, 9)}:${r.int(0, 9)})`,
      (r) => `[${Array.from({ length: r.int(4, 9) }, () => r.int(1, 99999)).join(',')}]`,
      (r) => `${r.int(1, 99)}/${r.int(1, 99)}/${r.int(1, 99)}`,
      (r) => `${r.int(640, 3840)}x${r.int(480, 2160)}`,
      (r) => Array.from({ length: 4 }, () => r.int(1000, 9999)).join(' '),
      (r) => (r.next() * 1e10).toExponential(6),
      (r) => `1.${r.digits(16)}`,
      (r) => `${r.int(1, 12)}-${r.int(1, 31)} ${r.int(8, 12)}:00-${r.int(13, 19)}:30`,
      (r) => `pp. ${r.int(1, 99)}-${r.int(100, 999)}, ${r.int(1, 99)}(${r.int(1, 9)})`,
      (r) => `${r.int(100, 999)} ${r.int(100, 999)} ${r.int(10, 99)}`,
      (r) => `-rw-r--r-- 1 root root ${r.digits(6)} Nov ${r.int(1, 28)} ${r.int(10, 23)}:${r.int(10, 59)} x.log`,
      (r) => `${r.int(1, 9)} ${r.int(100, 999)} ${r.int(100, 999)} people`,
    ],
    fields: 'values scores data row histogram range size resolution stats samples output',
    frames: ['{}', 'rows: {}', 'scores {}', 'values {}', '| {} |', 'Results: {} (n={n})', 'it measured {}'],
  },
  prose: {
    values: [
      (r) =>
        `In ${r.int(1900, 2030)} there were ${r.int(2, 99)} of them, up ${r.int(1, 50)}.${r.int(0, 9)}% from ${r.int(1900, 2030)}.`,
      (r) => `Meet at ${r.int(1, 12)}:${r.int(10, 59)} in room ${r.int(100, 999)}, floor ${r.int(1, 40)}.`,
      (r) => `${r.int(1, 999)} Main Street, Apt ${r.int(1, 99)}, Springfield, IL ${r.digits(5)}-${r.digits(4)}`,
      (r) => `The password must have at least ${r.int(8, 16)} characters, one of them a digit.`,
      () => 'Your password has expired. Please choose a new password: it must differ from the last 5.',
      () => 'Password: required. Token: optional.',
      () => 'Set the API key in the settings, then restart.',
      (r) => `He was born in a small town; the company was founded on ${r.int(1, 28)} May ${r.int(1900, 2020)}.`,
      (r) => `Follow @${r.of(LOWER, 8)} and @${r.of(LOWER, 5)}_${r.int(1, 99)}, #tag${r.int(1, 99)}`,
      (r) => `The passport office opens at ${r.int(7, 10)} on ${r.int(1, 28)} March ${r.int(2020, 2030)}.`,
      (r) => `Usage: {"prompt_tokens":${r.int(1, 9999)},"max_tokens":${r.int(100, 9999)},"token_type":"bearer"}`,
      (r) => `Chapter ${r.int(1, 40)}, verse ${r.int(1, 30)}; see also ${r.int(1, 40)}.${r.int(1, 30)}`,
      (r) => `Take ${r.int(1, 3)} x ${r.int(100, 900)} mg at ${r.int(6, 9)} a.m.`,
      (r) => `score @ ${r.int(1, 99)}.${r.int(1, 99)} vs ${r.int(1, 99)}`,
      (r) => `Bus ${r.int(1, 199)} leaves platform ${r.int(1, 20)} at ${pad(r.int(0, 23))}.${pad(r.int(0, 59))}`,
      () => 'error: invalid credentials (secret not found)',
      (r) => `Temperatures of -${r.int(1, 40)} to +${r.int(1, 40)} degrees`,
      (r) => `Contact us within ${r.int(10, 90)} days, order number ${r.digits(8)}`,
      (r) => `Call the function ${r.int(2, 9)} times with ${r.digits(5)} items`,
      (r) => `GMT+0${r.int(1, 9)}00, +0${r.int(1, 9)}:30`,
      (r) => `Die Rechnung ${r.digits(7)} vom ${pad(r.int(1, 28))}.${pad(r.int(1, 12))}.2026 ist fällig.`,
      (r) => `Le ${r.int(1, 28)} mai ${r.int(2000, 2030)}, ${grouped(r.int(1000, 999_999), ' ')} personnes`,
      () => 'tool secrets_list: lists the names of secrets',
      (r) => `Phone model: X${r.int(1, 20)} Pro ${r.digits(3)} GB`,
      (r) => `Visa requirements for ${r.int(90, 180)} days; card games for ${r.int(2, 8)} players`,
      (r) => `Token bucket of ${r.digits(4)}, refill ${r.int(1, 99)}/s`,
      (r) => `Team ${r.int(1, 9)} won ${r.int(10, 99)}-${r.int(10, 99)} on ${r.int(1, 12)}/${r.int(1, 28)}`,
    ],
    fields: 'text description message notes summary body title comment',
    frames: ['{}', '{}\n', '> {}', '{} {name} said so.'],
  },
  urls: {
    values: [
      (r) => `https://example.com/item/${r.digits(8)}?ref=${r.of(ALNUM, 10)}&t=${at(r).getTime()}`,
      (r) => `s3://bucket/2026/11/${pad(r.int(1, 28))}/${r.hex(32)}.parquet`,
      (r) => `https://user@git.example.com/repo-${r.int(1, 99)}.git`,
      (r) => `ssh://git@host.example.com:7999/p/x${r.int(1, 9)}.git`,
      (r) => `/var/log/app-2026-11-${pad(r.int(1, 28))}.log.${r.int(1, 9)}`,
      (r) => `https://maps.example.com/@${(r.next() * 90).toFixed(6)},${(r.next() * 180).toFixed(6)},15z`,
      (r) => `https://cdn.example.com/npm/pkg@${semver(r)}/dist/x.min.js`,
      (r) =>
        `https://x.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIA${r.of(`${UPPER}234567`, 16)}%2F20261122%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Expires=${r.int(60, 900)}`,
      (r) => `https://youtu.be/${r.of(URL64, 11)}`,
      (r) => `https://social.example/@${r.of(LOWER, 7)}/1${r.digits(17)}`,
      (r) => `arn:aws:lambda:us-east-1:${r.digits(12)}:function:f-${r.int(1, 99)}`,
      (r) => `https://docs.example.com/v${r.int(1, 9)}.${r.int(0, 9)}/api#section-${r.int(1, 9)}.${r.int(1, 9)}`,
      (r) => `localhost:${r.int(1024, 65535)}`,
      (r) => `http://127.0.0.1:${r.int(1024, 65535)}/x`,
      (r) => `Message-ID: <${r.of(ALNUM, 20)}.${r.digits(6)}@mail.example.com>`,
    ],
    fields: 'url link href source uri path location image_url',
    frames: ['{}', 'see {}', '<{}>', '[x]({})', 'GET {}', 'file {} not found'],
  },
};

export const LOOK_ALIKES = Object.keys(KINDS);

const NAMES = ['Ida', 'Tomás Prieto', 'Ms. Adeyemi', 'Kenji', 'Dr. Osei', '山田'];

export function lookAlikes(kind: string, count: number, random: Random): Trap[] {
  const { values, fields, frames } = KINDS[kind] ?? { values: [], fields: '', frames: [] };
  return Array.from({ length: count }, (): Trap => {
    const value = random.pick(values)(random);
    const where = random.next();
    if (where < 0.34) return { kind, document: among(random.word(fields), value, random) };
    if (where < 0.5) return { kind, document: value };
    const frame = random
      .pick(frames)
      .replaceAll('{name}', () => random.pick(NAMES))
      .replaceAll('{n}', () => String(random.int(1, 99)));
    return { kind, document: frame.replace('{}', () => value) };
  });
}
