/** Callers by the certificates that a load balancer in front verified: its headers as it writes them. */
import { describe, expect, test } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import { identify } from './seen-caller.ts';

const SUBJECT = 'X-Amzn-Mtls-Clientcert-Subject';
const ANN = 'CN=ann,OU=payments,O=Example Corp,L=Berlin,C=DE';
const MALLORY = 'CN=mallory,O=Evil,C=XX';
const byBalancer = header(SUBJECT, { text: true });

/** What an Application Load Balancer adds in verify mode (mutual TLS, HTTP headers). */
const verified = (subject: string): readonly string[] => [
  'X-Forwarded-For: 203.0.113.7',
  'X-Forwarded-Proto: https',
  'X-Amzn-Mtls-Clientcert-Serial-Number: 03A5B1',
  'X-Amzn-Mtls-Clientcert-Issuer: CN=Example Corp Clients,O=Example Corp,C=DE',
  `${SUBJECT}: ${subject}`,
  'X-Amzn-Mtls-Clientcert-Validity: NotBefore=2026-09-21T01:50:17Z;NotAfter=2027-09-21T01:50:17Z',
  'X-Amzn-Mtls-Clientcert-Leaf: -----BEGIN%20CERTIFICATE-----%0AMIIC%0A-----END%20CERTIFICATE-----%0A',
];

describe('mTLS headers of a load balancer', () => {
  test('name the caller by the whole subject, and by nothing that a client sends besides', async () => {
    await using proxy = await identify(byBalancer);
    const own = [
      'X-Amzn-Mtls-Clientcert: x',
      'X_Amzn_Mtls_Clientcert_Subject: CN=root',
      'X-Forwarded-Client-Cert: Subject="CN=root"',
    ];
    expect((await proxy.send(...verified(ANN), ...own)).status).toBe(200);
    expect((await proxy.send(...verified(Buffer.from('CN=Jürgen\\, ann,C=DE').toString('latin1')))).status).toBe(200);
    expect(proxy.callers.map(({ claims }) => claims)).toEqual([{ sub: ANN }, { sub: 'CN=Jürgen\\, ann,C=DE' }]);
    expect(proxy.upstream.received.flatMap(({ rawHeaders }) => rawHeaders).join()).not.toMatch(/mtls|client-cert/i);
  });

  test.each([
    ['before', [`${SUBJECT}: ${MALLORY}`, ...verified(ANN)]],
    ['after', [...verified(ANN), `${SUBJECT}: ${MALLORY}`]],
    ['in other letters', [`${SUBJECT.toLowerCase()}: ${MALLORY}`, ...verified(ANN)]],
    ['with the same value', [...verified(ANN), `${SUBJECT}: ${ANN}`]],
    ['and empty', [`${SUBJECT}:`, ...verified(ANN)]],
  ])('are refused if a client’s own comes %s', async (_, lines) => {
    await using proxy = await identify(byBalancer);
    expect((await proxy.send(...lines)).status).toBe(403);
    expect(proxy.callers).toEqual([]);
  });

  test.each([[[]], [[`${SUBJECT}:`]], [['X-Amzn-Mtls-Clientcert-Issuer: CN=a']], [[`${SUBJECT} : ${ANN}`]]])(
    'are needed: without a subject, a request is refused (%j)',
    async (lines) => {
      await using proxy = await identify(byBalancer);
      expect((await proxy.send(...lines)).status).toBeGreaterThanOrEqual(400);
      expect(proxy.callers).toEqual([]);
    },
  );

  test('are a name and never claims, whatever a certificate says', async () => {
    await using proxy = await identify(byBalancer);
    expect((await proxy.send(`${SUBJECT}: {"sub":"ann","groups":["admins"]}`)).status).toBe(200);
    expect(proxy.callers[0]?.claims).toEqual({ sub: '{"sub":"ann","groups":["admins"]}' });
  });

  test('say nothing about who sent them: only the network keeps forged ones out', async () => {
    await using proxy = await identify(byBalancer);
    expect((await proxy.send(`${SUBJECT}: ${ANN}`)).status).toBe(200);
    expect(proxy.callers[0]?.subject).toBe(ANN);
  });

  test.each([
    ['X-Amzn-Mtls-Clientcert', 'a certificate that nothing verified'],
    ['x-forwarded-client-cert', 'a list to which clients can add'],
  ])('of %s are refused at the start', async (name, words) => {
    await expect(identify(header(name, { text: true }))).rejects.toThrow(words);
  });
});
