/** What each detector finds, and what it does not find. */
import { beforeAll, describe, expect, test } from 'vitest';
import {
  custom,
  dateOfBirth,
  type Detector,
  email,
  findAll,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  phone,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import type { JsonValue } from '../../../../proxy/json/value.ts';
import { Probe, removed } from './probe.ts';

const DETECTORS = {
  email: email(),
  phone: phone({ countries: ['US', 'DE', 'GB'] }),
  paymentCard: paymentCard(),
  iban: iban(),
  usSsn: usSsn(),
  ip: ip(),
  dateOfBirth: dateOfBirth(),
  passport: passport(),
  secret: secret(),
} satisfies Record<string, Detector>;
beforeAll(() => loadDetectors(Object.values(DETECTORS)));

function found(detector: Detector, text: string, at?: string): string[] {
  const path = at?.split('.');
  return detector
    .find(text, path === undefined ? undefined : { field: path.at(-1), path })
    .map(({ start, end }) => text.slice(start, end));
}

type Case = readonly [text: string, expected: readonly string[], field?: string | undefined];

const CASES: Readonly<Record<keyof typeof DETECTORS, readonly Case[]>> = {
  email: [
    ["user!#$%&'*+/=?^_`{|}~-@example.org", ["user!#$%&'*+/=?^_`{|}~-@example.org"], 'email'],
    ['root@localhost', ['root@localhost'], 'contact_mail'],
    ['.a@docomo.ne.jp', ['.a@docomo.ne.jp'], 'メールアドレス'],
    ['root@localhost a=b@example.com', ['b@example.com']],
    ['@app.route', [], 'email'],
    ['cid:logo@example.com X-Message-ID: abc@example.com UID:123-456@example.com hg@bitbucket.org', []],
    ['write to jane.doe+x@mail.example.co.uk, or <bob@x.io>.', ['jane.doe+x@mail.example.co.uk', 'bob@x.io']],
    ["o'brien@example.ie and 用户@例子.广告", ["o'brien@example.ie", '用户@例子.广告']],
    ['メールはjane@example.jpです', ['jane@example.jp']],
    ['one\\njane@example.com', ['jane@example.com']],
    ['customer://jane@example.com/orders', ['jane@example.com']],
    ['"jane doe"@example.com', ['"jane doe"@example.com']],
    ['jane@[192.0.2.1]', ['jane@[192.0.2.1]']],
    ['npm i react@18.2.0 @scope/pkg@1.2.3-rc.1, icon@2x.png', []],
    ['git@github.com:acme/x.git https://user@git.example.com/x ssh://git@host.example.com/x', []],
    ['@app.route and @media, user@1000.service', []],
    ['Message-ID: <abc.123@mail.example.com>', []],
    ['References: <a.1@mail.example.com>\n <b.2@mail.example.com> <c.3@mail.example.com>', []],
    ['In-Reply-To: <a@x.example.com>\nFrom: <jane@example.com>', ['jane@example.com']],
    [
      'a@example.so, b@shop.next, c@x.map, d@x.photography',
      ['a@example.so', 'b@shop.next', 'c@x.map', 'd@x.photography'],
    ],
    ['np.A@B.mean() X@W.dot(Y) a@main.js b@image.png libx@libc.so.6 ssh -T git@github.com', []],
    ['mail jane@example.com(home)', ['jane@example.com']],
    ['"a\\"b"@example.com, jürgen.o\'neil+x@bücher.example', ['"a\\"b"@example.com', "jürgen.o'neil+x@bücher.example"]],
    ['用户@例子.中国です', ['用户@例子.中国']],
  ],
  phone: [
    ['Phones: 4155552671, 4155552672', ['4155552671', '4155552672']],
    ['phone:\n- 4155552671\n- 4155552672', ['4155552671', '4155552672']],
    ['Kundennummer 0171 1234567, Vertrag 0171/1234567, Auftragsnr. 030 901820', []],
    ['+1 415 555 2671, +49 (0)30 901820, 0049 30 901820', ['+1 415 555 2671', '+49 (0)30 901820', '0049 30 901820']],
    ['(415) 555-2671 or 415.555.2671 or 1-415-555-2671', ['(415) 555-2671', '415.555.2671', '1-415-555-2671']],
    ['0171/1234567 and 020 7946 0018', ['0171/1234567', '020 7946 0018']],
    ['call 4155552671', ['4155552671']],
    [
      '+14155552671x2673, (415) 555-2671ext12, 030 901820 ext. 12',
      ['+14155552671x2673', '(415) 555-2671ext12', '030 901820 ext. 12'],
    ],
    ['+7 495 123-45-67 доб. 12; tel:+1-415-555-2671;ext=12', ['+7 495 123-45-67 доб. 12', '+1-415-555-2671;ext=12']],
    ['+53 7 1234567; ext=9', ['+53 7 1234567; ext=9']],
    ['+1 415 555 2671 #12, +1 415 555 2671, ext. 4455', ['+1 415 555 2671 #12', '+1 415 555 2671, ext. 4455']],
    ['+14155552671xyz, +14155552671x12345678', []],
    ['tel=+1+415+555+2671&x=1', ['+1+415+555+2671']],
    ['(+44) 20 7946 0018, 00442079460018, +98 9601', ['(+44) 20 7946 0018', '00442079460018', '+98 9601']],
    ['call 1 +٤٩ ٣٠ ٩٠١٨٢٠, +91 ९८७६५ ४३२१०', ['+٤٩ ٣٠ ٩٠١٨٢٠', '+91 ९८७६५ ४३२१०']],
    ['name,phone,qty\na,+507-6123-0903,9\nb,015123450293,2', ['+507-6123-0903', '015123450293']],
    ['open\t9\t030 90 18 20\tJP', ['030 90 18 20']],
    ['TEL;TYPE=CELL,VOICE:4155552671', ['4155552671']],
    ['she left 4155552671 as her contact phone; 4155552672 is my new number', ['4155552671', '4155552672']],
    ['2026207478 fax\n3037279444 mobile', ['2026207478', '3037279444']],
    ['+1-617-537-1495-Fax, 001-212-612-8635-Office', ['+1-617-537-1495', '001-212-612-8635']],
    ['2022207063 (home), (212) 612-8635 [Mobile]', ['2022207063', '(212) 612-8635']],
    ['2026207478 mobile users, 2026207478 home, +1-617-537-1495-faxes', []],
    ['voice mail from 4155552671; my number: 4155552672', ['4155552671', '4155552672']],
    ['T20:38:01.389000+00:00, 39-54 (2005), 0) - 2023-05-11, MA\n# 02110-1301  USA', []],
    ['4155552671', ['4155552671'], 'mobilePhone'],
    ['4155552671', ['4155552671'], 'phone.number'],
    ['4155552671', []],
    ['4155552671', [], 'phoneId'],
    // Dates after a number of another column.
    ['0 2017-03-30', []],
    ['x 0\t30.03.2017 12:00', []],
    ['call 0 2017-33-30', ['0 2017-33-30']],
    ['order 415-555-2671', []],
    ['2024-01-15 10:30, 17.05.1980, 10.1.2.3, 1234 5678 9012 3456', []],
    ['€612.345.678, 12 345 678 kr', []],
    ['+02:00 and +0200', []],
  ],
  paymentCard: [
    [
      '4111 1111 1111 1111, 5500-0000-0000-0004, 3782 822463 10005',
      ['4111 1111 1111 1111', '5500-0000-0000-0004', '3782 822463 10005'],
    ],
    ['paid with 4111111111111111 (04/29)', ['4111111111111111']],
    [
      'card on file for order 525: 4222222222222; Mastercard ending soon, full number 060472162274 is in the chat',
      ['4222222222222', '060472162274'],
    ],
    ['EAN 4560983681361 of the postcard. Order 4560983681361, ref 060472162274', []],
    ['Thanks, 6855644186341903 works, order 6855644186341903 not', ['6855644186341903']],
    ['paid with 4222222222222, but paid invoice 4552034093050, item 4552034093050', ['4222222222222']],
    ['%B4111111111111111^DOE/JANE^2904', ['4111111111111111']],
    ['４１１１１１１１１１１１１１１１', ['４１１１１１１１１１１１１１１１']],
    ['4222222222222', ['4222222222222'], 'cardNumber'],
    ['999999999900', ['999999999900'], 'cardNumber'],
    ['my card is 9999 9999 9900', ['9999 9999 9900']],
    ['4111111111111111 is her card', ['4111111111111111']],
    [
      '4111.1111.1111.1111 4111/1111/1111/1111 4111_1111_1111_1111',
      ['4111.1111.1111.1111', '4111/1111/1111/1111', '4111_1111_1111_1111'],
    ],
    ['4111–1111–1111–1111, 4111 - 1111 - 1111 - 1111', ['4111–1111–1111–1111', '4111 - 1111 - 1111 - 1111']],
    [
      '4111  1111  1111  1111; 4111 1111\n1111 1111; 4111+1111+1111+1111',
      ['4111  1111  1111  1111', '4111 1111\n1111 1111', '4111+1111+1111+1111'],
    ],
    ['6205 5000 0000 0000 004', ['6205 5000 0000 0000 004']],
    ['order 4111 1111 1111 1111', ['4111 1111 1111 1111']],
    ['4111 1111 1111 1111', ['4111 1111 1111 1111'], 'orderId'],
    ['card on file for order 4111111111111111', ['4111111111111111']],
    ['order 5521 was charged to 4111111111111111', ['4111111111111111']],
    ['order number 4111111111111111, transaction id 4111111111111111', []],
    ['4000 4100 4200 4300, 4012 8888 8888 1881 2222, 2019 2020 2021 2022', []],
    ['4111 1111 1111 1111 1111 1111', []],
    ['4222222222222', []],
    ['4111111111111112', []],
    ['1111111111111117', []],
    ['4111111111111111', [], 'orderId'],
    ['order 4111111111111111', []],
    ['0.4111111111111111', []],
    ['DE89 4111 1111 1111 1111 00', []],
  ],
  iban: [
    [
      'DE89 3704 0044 0532 0130 00 and GB29NWBK60161331926819.',
      ['DE89 3704 0044 0532 0130 00', 'GB29NWBK60161331926819'],
    ],
    ['nl91abna0417164300', ['nl91abna0417164300']],
    [
      'DE89  3704  0044  0532  0130  00, DE89+3704+0044+0532+0130+00',
      ['DE89  3704  0044  0532  0130  00', 'DE89+3704+0044+0532+0130+00'],
    ],
    [
      'DE89.3704.0044.0532.0130.00 DE89/3704/0044/0532/0130/00',
      ['DE89.3704.0044.0532.0130.00', 'DE89/3704/0044/0532/0130/00'],
    ],
    [
      'DE89 3704 0044\n0532 0130 00, DE 89 370400440532013000',
      ['DE89 3704 0044\n0532 0130 00', 'DE 89 370400440532013000'],
    ],
    ['IBANDE89370400440532013000, NL91 ABNA 04 17 16 43 00', ['DE89370400440532013000', 'NL91 ABNA 04 17 16 43 00']],
    ['FR14 20041 01005 0500013M026 06', ['FR14 20041 01005 0500013M026 06']],
    ['DE89 3704 0044 0532 0130 01', []],
    ['DE89370400440532013000X XDE89370400440532013000', []],
    ['DE 123456789, US1234567890', []],
    ['at 20 of them; is 10 and so on, or more than that in all of it', []],
  ],
  usSsn: [
    ['SSNs: 536228761, 536228762 / 536228763 and 536-22-8764', ['536228761', '536228762', '536228763', '536-22-8764']],
    ['SSN 536/22/8761, SSN 536_22_8761. In 536/22/8761', ['536/22/8761', '536_22_8761']],
    ['53622-8761', ['53622-8761'], 'ssn'],
    ['536-228761', ['536-228761'], 'ssn'],
    ['53622-8761 536-228761', []],
    ['536228761', ['536228761'], 'idNumber'],
    ['536228761', [], 'device_id_number'],
    ['patent 536-22-8761, drawing 536-22-8761, 注文番号 536-22-8761, 주문번호 536-22-8761', []],
    ['536-22-8761', [], 'catalogNumber'],
    ['123-45-6789', ['123-45-6789']],
    ['SSN 123 45 6789', ['123 45 6789']],
    ['123456789', ['123456789'], 'ssn'],
    ['room 123, SSN 123456789', ['123456789']],
    ['SSN 123456789, room 123', ['123456789']],
    ['123456789', []],
    ['123 45 6789', []],
    ['000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000', []],
    ['order 123-45-6789', []],
    ['part no. 123-45-6789', []],
    ['123-45-6789', [], 'partNumber'],
    ['123-45-6789', ['123-45-6789'], 'employee_id'],
    ['123456789', [], 'employee_id'],
    ['order 7 for the patient with SSN 123-45-6789', ['123-45-6789']],
    ['Order 7: customer 123-45-6789', ['123-45-6789']],
    ['123456789 (SSN)', ['123456789']],
    ['ITIN 912-70-1234. In 912-70-1234', ['912-70-1234']],
    ['12345678', ['12345678'], 'ssn'],
    ['12345678', []],
    ['157 - 20 - 4109 and SSN 068  09  3601', ['157 - 20 - 4109', '068  09  3601']],
    ['The claim needs the SSN, 750737230', ['750737230']],
    ['2) SSN ........ 370469434', ['370469434']],
    ['REF*SY*779898324~', ['779898324']],
    ['767390389', ['767390389'], 'governmentIDs.idValue'],
  ],
  ip: [
    ['from 10.1.2.3 and 2001:db8::1', ['10.1.2.3', '2001:db8::1']],
    ['http://[fe80::1ff:fe23:4567:890a]:80/ ::ffff:10.1.2.3', ['fe80::1ff:fe23:4567:890a', '::ffff:10.1.2.3']],
    ['10.0.0.1-10.0.0.9, 10.1.1.1–10.1.1.9', ['10.0.0.1', '10.0.0.9', '10.1.1.1', '10.1.1.9']],
    ['192.168.0.1-254 is scanned, 1.2.3.4-5 is not', ['192.168.0.1']],
    ['2001:db8::1-2001:db8::9', ['2001:db8::1', '2001:db8::9']],
    ['fe80::1%2001:db8::1', ['fe80::1', '2001:db8::1']],
    [
      'fe80::1%eth0: down, fe80::2%eth1:80, fe80::3%lan2001:db8::1',
      ['fe80::1%eth0', 'fe80::2%eth1', 'fe80::3%lan2001'],
    ],
    ['ip:2001:db8::1 host:fe80::2%eth0 add:2001:db8::3', ['2001:db8::1', 'fe80::2%eth0', '2001:db8::3']],
    ['http://[fe80::1%25en0]:80, 10.1.2.3:8080, 10.1.2.0/24', ['fe80::1%25en0', '10.1.2.3', '10.1.2.0']],
    [
      'bfde:fc15:86ce:3f9:1a4f:44fa:a651:1445 /2001:db8:0:0:0:0:0:1:8080 ip:ed9:475:9531:985d:5d9d:c9f9:1818:e811.',
      ['bfde:fc15:86ce:3f9:1a4f:44fa:a651:1445', '2001:db8:0:0:0:0:0:1', 'ed9:475:9531:985d:5d9d:c9f9:1818:e811'],
    ],
    ['wwn 20:00:00:25:b5:00:00:0f, mask ffff:ffff:ffff:ffff:0:0:0:0, abcd:ef01:2345:6789:abcd:ef01:2345:6789:aaaa', []],
    ['192.168.001.001, ip_10.1.2.3', ['192.168.001.001', '10.1.2.3']],
    ['updated: ip=203.0.113.7; updated by 203.0.113.8', ['203.0.113.7', '203.0.113.8']],
    ['the release server 203.0.113.7 and a driver from 203.0.113.8', ['203.0.113.7', '203.0.113.8']],
    ['updated foo to 1.2.3.4, upgraded from 1.2.3.4 to 1.2.3.5, the version is 1.2.3.4', []],
    ['foo_1.2.3.4-1_amd64.deb image:1.2.3.4-alpine 1.02.3.4 2001:1234:56', []],
    ['fileVersion: 1.2.3.4, Chrome 1.2.3.4, lib>=1.2.3.4, libx ~> 1.2.3.4, 1.2.3.4 or newer', []],
    ['registry.example/team/app:1.2.3.4; image: app:1.2.3.4', []],
    ['http://10.1.2.3/x:1 host:10.1.2.3 from:10.1.2.3', ['10.1.2.3', '10.1.2.3', '10.1.2.3']],
    ['127.0.0.1 ::1 255.255.255.0 10.0.0.0', []],
    // Small numbers may be a version or a section: only what surrounds them says that they are an address.
    ['foo 1.2.3.4, see 5.2.1.3 below, EC 2.7.11.1, (1.2.3.4) [5.2.1.3,) /x/1.2.3.4/y.js foo@1.2.3.4', []],
    ['1.2.3.4', [], 'latest'],
    ['5.2.1.3 Scope\n  rails (6.1.4.1)\n"foo": "1.2.3.4"', []],
    ['server 1.2.3.4 is up', ['1.2.3.4']],
    ['1.2.3.4:8080 or 5.2.1.3/24', ['1.2.3.4', '5.2.1.3']],
    ['2026-11-30T12:00:00Z 1.2.3.4 GET /x', ['1.2.3.4']],
    ['1.2.3.4 - - [30/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200', ['1.2.3.4']],
    ['login from 8.8.8.8, ping 1.1.1.1, ssh root@1.2.3.4', ['8.8.8.8', '1.1.1.1', '1.2.3.4']],
    ['id,client_ip\n1,1.2.3.4', ['1.2.3.4']],
    // Large numbers are an address unless they are called a version.
    // Few versions have a second number of more than 31.
    ['record updated to 64.244.33.51, driver updated to 40.3.33.51, version 64.244.33.51', ['64.244.33.51']],
    ['firmware of 203.0.113.7, last updated: 203.0.113.8', ['203.0.113.7', '203.0.113.8']],
    ['203.0.113.7', ['203.0.113.7'], 'buildServer'],
    ['203.0.113.7, 198.51.100.8, 10.0.0.1', ['203.0.113.7', '198.51.100.8', '10.0.0.1']],
    [
      '203.0.113.7 - 203.0.113.9 203.0.113.7..203.0.113.9',
      ['203.0.113.7', '203.0.113.9', '203.0.113.7', '203.0.113.9'],
    ],
    [
      'user_203.0.113.7 node-203.0.113.8 IP203.0.113.9 203.0.113.10_log',
      ['203.0.113.7', '203.0.113.8', '203.0.113.9', '203.0.113.10'],
    ],
    ['ip-203-0-113-7.ec2.internal ec2-203-0-113-8.compute.example 203-0-113-7', ['203-0-113-7', '203-0-113-8']],
    ['7.113.0.203.in-addr.arpa', ['7.113.0.203']],
    ['IP 203.0.113.7.443 > 198.51.100.8.53: 1+', ['203.0.113.7', '198.51.100.8']],
    ['version 1.2.3.4, v1.2.3.4, app-1.2.3.4.tgz, Chrome/120.0.6.7, 1.3.6.1.4.1', []],
    ['1.2.3.4', [], 'firmwareVersion'],
    ['1.2.3.4', ['1.2.3.4'], 'clientIp'],
    ['12:30:45 00:1a:2b:3c:4d:5e std::vector a[1::2] dead::beef', []],
  ],
  dateOfBirth: [
    ['born on 17 May 1980, joined 2010-02-01', ['17 May 1980']],
    ['DOB: 05/17/1980; née le 17 mai 1980; geb. am 17.5.1980', ['05/17/1980', '17 mai 1980', '17.5.1980']],
    ['1980-05-17T00:00:00Z', ['1980-05-17T00:00:00Z'], 'birthDate'],
    ['1980年5月17日', ['1980年5月17日'], '生年月日'],
    ['1980-05-17', []],
    ['Sunday, February 3, 1980', ['Sunday, February 3, 1980'], 'dob'],
    ['Sun, 03 Feb 1980 00:00:00 GMT', ['Sun, 03 Feb 1980 00:00:00 GMT'], 'dob'],
    ['1980. február 3.', ['1980. február 3.'], 'dob'],
    ['1980년 2월 3일', ['1980년 2월 3일'], 'birthDate'],
    ['S55.2.3', ['S55.2.3'], 'birthDate'],
    ['民國69年2月3日', ['民國69年2月3日'], 'birthDate'],
    ['Feb 1980', ['Feb 1980'], 'dob'],
    ['xx/xx/1980', ['xx/xx/1980'], 'dob'],
    ['version 3 of the form', [], 'dob'],
    ['생일은 1980년 2월 3일입니다, ngày sinh: 3 tháng 2 năm 1980', ['1980년 2월 3일', '3 tháng 2 năm 1980']],
    ['DOB 3.II.1980, DOB 02 / 03 / 1980, DOB 3 شباط 1980', ['3.II.1980', '02 / 03 / 1980', '3 شباط 1980']],
    ['Dates of birth: 1980-02-03 and 1981-02-03', ['1980-02-03', '1981-02-03']],
    ['children born 2010-02-03, 2012-05-06, joined 2020-01-01', ['2010-02-03', '2012-05-06']],
    [
      'Born: Rome, 3 February 1980; geb. Meier, 3.2.1980; D.N. 03/02/1980',
      ['3 February 1980', '3.2.1980', '03/02/1980'],
    ],
    ['My date of birth was entered wrong, it should be 1980-02-03', ['1980-02-03']],
    ['1980-02-03 is when I was born', ['1980-02-03']],
    ['birthday offer valid until 31.12.2024; DOB column added 2024-01-01; *2024-01-01*', []],
    ['1980-05-17', [], 'hireDate'],
    ['710203', ['710203'], 'dob'],
    ['/Date(318384000000)/', ['/Date(318384000000)/'], 'birthDate'],
    ['Date of birth:\n1980-02-03', ['1980-02-03']],
    ['**DOB:** 1980-02-03', ['1980-02-03']],
    ['<b>DOB</b> 02/03/1980', ['02/03/1980']],
    ['1980-02-03 (DOB)', ['1980-02-03']],
    ['Jane Doe (b. 1980-02-03)', ['1980-02-03']],
    ['Jane Doe, * 3. Februar 1980 in Bonn', ['3. Februar 1980']],
    ['Jane Doe (*03.02.1980)', ['03.02.1980']],
    ['Changes:\n* 03.02.2020 first release', []],
    ['Geb.-Dat. 3.2.80, né le 3 février 1980, nacido el 03/02/1980', ['3.2.80', '3 février 1980', '03/02/1980']],
    ['DOB 3 Feb 1980; DOB February 3rd, 1980; DOB 03-FEB-80', ['3 Feb 1980', 'February 3rd, 1980', '03-FEB-80']],
    ['DOB: 19800203; DOB: 1980.02.03; DOB: 1980-Feb-03', ['19800203', '1980.02.03', '1980-Feb-03']],
    ['DOB 19800203103000, age 40', ['19800203103000']],
    ['生年月日：昭和55年2月3日', ['昭和55年2月3日']],
    ['дата рождения: 3 февраля 1980', ['3 февраля 1980']],
    ['doğum tarihi 3 Şubat 1980', ['3 Şubat 1980']],
    ['DOB: 1983-05-21T00:00:00Z, DOB: 28\uff0dJan\uff0d1941', ['1983-05-21T00:00:00Z', '28\uff0dJan\uff0d1941']],
    ['DOB: May\u00a0 31,\u00a0 1981', ['May\u00a0 31,\u00a0 1981']],
    ['age: 40, aged 40', []],
    ['birth certificate issued 1980-02-03', []],
    ['Paris', [], 'birthPlace'],
  ],
  passport: [
    ['passport queue 20240101, passport request 12345678, passport ticket INC1234567', []],
    ['AB1234567', [], 'passportOrderId'],
    ['C01X00T47', ['C01X00T47'], 'passportNumber'],
    ['123456789', ['123456789'], 'passport.number'],
    ['Passport No. C01X00T47, valid until 2030', ['C01X00T47']],
    ['C01X00T47', []],
    ['2030-01-01', [], 'passportExpiry'],
    ['AB 1234567', ['AB 1234567'], 'passportNo'],
    ['passport no. AB 1234567, паспорт 4509 123456', ['AB 1234567', '4509 123456']],
    ['passport expires 20300101', []],
    ['passport no 13 74 486760', ['13 74 486760']],
    ['room 13 74 486760', []],
    [
      'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10',
      ['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C36UTO7408122F1204159ZE184226B<<<<<10'],
    ],
    ['L898902C37UTO7408122F1204159ZE184226B<<<<<10', []],
    ['the passport office, room 12345678 of it', []],
  ],
  secret: [
    // The next option of a command is no value, but may have one.
    ['vault token lookup db --format=json-1234567890abcd', []],
    ['aws secretsmanager get-secret-value --secret-id=prod/db-1a2b3c4d5e', []],
    ['kubectl create secret generic db --from-literal=password=l7ezppbbEGe2WC', ['l7ezppbbEGe2WC']],
    ['the new token --token=9f8aK27dQ1xV5bT3', ['9f8aK27dQ1xV5bT3']],
    ['AKIAIOSFODNN7ABCDEFG', ['AKIAIOSFODNN7ABCDEFG']],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', ['ghp_abcdefghijklmnopqrstuvwxyz0123456789']],
    ['postgres://app:s3cr3t@db/x', ['s3cr3t']],
    ['password=hunter2, next', ['hunter2']],
    ['Authorization: Basic dXNlcjpoYXJkIHRvIGd1ZXNz', ['dXNlcjpoYXJkIHRvIGd1ZXNz']],
    ['hunter2', ['hunter2'], 'db_password'],
    ['x9Kd72mLq04ZrT', ['x9Kd72mLq04ZrT'], 'clientSecret'],
    [
      '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIAbcdefgh\n-----END EC PRIVATE KEY----- ok',
      ['-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIAbcdefgh\n-----END EC PRIVATE KEY-----'],
    ],
    ['required', [], 'password'],
    ['••••••••', [], 'password'],
    ['Password: required. The token is optional.', []],
    ['token = await getToken(user.id); password = user.password', []],
    ['api_key: ${{ secrets.API_KEY }}', []],
    ['eyJhIjoxfQ', [], 'nextPageToken'],
    ['-----BEGIN CERTIFICATE-----\nMHcCAQEEIIAbcdefgh\n-----END CERTIFICATE-----', []],
    ['https://b.s3.amazonaws.com/k?X-Amz-Credential=ASIAIOSFODNN7ABCDEFG%2F20261122&X-Amz-Expires=60', []],
    ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', []],
  ],
};

describe.each(Object.entries(CASES) as [keyof typeof DETECTORS, readonly Case[]][])('%s', (name, cases) => {
  test.each(cases.map(([text, expected, field]) => ({ text, expected, field })))(
    'finds $expected in $text (field: $field)',
    ({ text, expected, field }) => {
      expect(found(DETECTORS[name], text, field)).toEqual(expected);
    },
  );
});

test("does not find AWS's documented example keys, which open nothing", () => {
  expect(found(DETECTORS.secret, 'AKIAIOSFODNN7EXAMPLE')).toEqual([]);
});

test('throws if a detector was not loaded, instead of finding nothing', () => {
  expect(() => phone().find('+1 415 555 2671')).toThrow('await load() first');
});

test('refuses an unknown country by its name', async () => {
  await expect(phone({ countries: ['XX' as 'US'] }).load?.()).rejects.toThrow(
    'countries: expected a country that libphonenumber knows, as two letters (US), got "XX"',
  );
});

describe('several detectors on one text', () => {
  test('merges overlapping findings into one, with the type of the longest', () => {
    const text = 'password=jane@example.com!9';
    const spans = findAll([DETECTORS.email, DETECTORS.secret], text);
    expect(spans.map(({ start, end, type }) => [text.slice(start, end), type])).toEqual([
      ['jane@example.com!9', 'secret'],
    ]);
  });

  test('keeps findings beside each other separate and in order', () => {
    const text = 'DE89 3704 0044 0532 0130 00 jane@example.com 4111 1111 1111 1111';
    expect(findAll(Object.values(DETECTORS), text).map(({ type }) => type)).toEqual(['iban', 'email', 'payment-card']);
  });

  test('gives equally long findings the type of the first detector in the list', () => {
    const [a, b] = [custom({ name: 'a', pattern: 'x{1,9}' }), custom({ name: 'b', pattern: 'x{1,9}' })];
    return loadDetectors([a, b]).then(() => {
      expect(findAll([b, a], 'xxx')).toEqual([{ start: 0, end: 3, type: 'b' }]);
    });
  });
});

describe('a custom detector', () => {
  const made = async (...options: Parameters<typeof custom>): Promise<Detector> => {
    const detector = custom(...options);
    await detector.load?.();
    return detector;
  };

  test('finds what its pattern matches, also after characters of two UTF-16 units', async () => {
    expect(found(await made({ name: 'employee', pattern: 'E-\\d{6}' }), '😀 E-123456, E-654321')).toEqual([
      'E-123456',
      'E-654321',
    ]);
  });

  test('searches only its fields, and only texts that contain the given string', async () => {
    const detector = await made({ name: 'employee', pattern: '[A-Z]{2}\\d{4}', fields: ['staff'], contains: '00' });
    expect(found(detector, 'AB1200', 'staff')).toEqual(['AB1200']);
    expect(found(detector, 'AB1200', 'other')).toEqual([]);
    expect(found(detector, 'AB1200')).toEqual([]);
    expect(found(detector, 'AB1234', 'staff')).toEqual([]);
  });

  test.each<[document: JsonValue, expected: readonly string[]]>([
    ['name,employeeId,x\nIda,123456,654321\nBo,223456,654321\n', ['123456', '223456']],
    ['| name | employeeId |\n|---|---|\n| 654321 | 123456 |\n', ['123456']],
    ['<table><tr><th>x</th><th>employeeId</th></tr><tr><td>654321</td><td>123456</td></tr></table>', ['123456']],
    ["INSERT INTO t (name, employeeId) VALUES ('654321', '123456');", ['123456']],
    [{ columns: ['name', 'employeeId'], rows: [['654321', '123456']] }, ['123456']],
    [
      {
        list: [
          { name: 'employeeId', value: '123456' },
          { name: 'x', value: '654321' },
        ],
      },
      ['123456'],
    ],
    ['employeeId 123456, x 654321', []],
  ])('searches what a heading or a name beside it calls like its fields: %j', async (document, expected) => {
    const probe = new Probe([custom({ name: 'employee', pattern: '\\d{6}', fields: ['employeeId'] })]);
    await probe.load();
    const visited = await probe.visit(document);
    const gone = visited.flatMap(({ before, after }) =>
      before === after ? [] : removed(before, after).map(([from, to]) => before.slice(from, to)),
    );
    expect(gone).toEqual(expected);
  });

  test.each(['E-\\d+', 'x*', '(ab){2,}', '[+]a+'])(
    'is refused with %s, whose matches have no maximum length',
    (pattern) => {
      expect(() => custom({ name: 'x', pattern })).toThrow('pattern: expected a maximum length of a match');
    },
  );

  test.each(['[*+]x', 'a\\+b', '\\Qa+b\\E'])('is accepted with %s, in which the sign is a literal', (pattern) => {
    expect(() => custom({ name: 'x', pattern })).not.toThrow();
  });

  test('fails at loading with a pattern that RE2 does not support', async () => {
    await expect(made({ name: 'x', pattern: '(?<=a)b' })).rejects.toThrow(
      "detector x: expected a pattern in RE2's syntax",
    );
  });
});
