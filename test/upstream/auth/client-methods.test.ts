import { expect, it } from 'vitest';
import {
  CLIENT_METHODS,
  type ClientMethod,
  isByCertificate,
  type Proof,
  proofOf,
} from '../../../proxy/upstream/auth/client-methods.ts';

/** What the client proves itself with: without and with a key that signs. */
const PROOFS: Readonly<Record<ClientMethod, readonly [Proof, Proof]>> = {
  client_secret_basic: ['secret', 'signing key'],
  client_secret_post: ['secret', 'signing key'],
  private_key_jwt: ['secret', 'signing key'],
  tls_client_auth: ['certificate', 'certificate'],
  self_signed_tls_client_auth: ['certificate', 'certificate'],
  web_identity: ['role', 'role'],
};

it.each([...CLIENT_METHODS, undefined])('the proof of %s', (method) => {
  const [alone, signing] = method === undefined ? ['secret', 'signing key'] : PROOFS[method];
  expect([proofOf(method, false), proofOf(method, true)]).toEqual([alone, signing]);
  expect(isByCertificate(method)).toBe(alone === 'certificate');
});
