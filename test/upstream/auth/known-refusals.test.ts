/** What refusals of Keycloak and Microsoft Entra ID are about. `known-issuers.test.ts` says what becomes of them. */
import { describe, expect, it } from 'vitest';
import { type About, knownRefusal } from '../../../proxy/upstream/auth/known-refusals.ts';

const refused = (error: string, said: string, suberror?: string, number?: string) =>
  knownRefusal({ error, said, suberror, number });

describe.each<[error: string, said: string, about: About, advice: string, hasMore: boolean]>([
  ['invalid_request', 'Invalid token', 'sign in', 'token or session has ended', false],
  ['invalid_request', 'Sender-constrained token exchange rejected', 'caller', 'bound to their clients', true],
  ['invalid_request', 'Requested audience not available: ', 'caller', 'UPSTREAM_AUDIENCE', true],
  ['access_denied', 'Client is not within the token audience', 'caller', 'expected to be for this client', false],
  ['invalid_scope', 'Missing consents for Token Exchange ', 'caller', 'has to consent', true],
  ['invalid_client', 'Audience not found', 'client', 'UPSTREAM_AUDIENCE', false],
  [
    'invalid_client',
    'Public client is not allowed to exchange token',
    'client',
    'turn on client authentication',
    false,
  ],
  ['invalid_request', 'Standard token exchange is not enabled ', 'client', 'turn on standard token exchange', true],
  [
    'invalid_request',
    "Parameter 'subject_token' supports access tokens only",
    'client',
    'leave out UPSTREAM_SUBJECT_TOKEN_TYPE',
    false,
  ],
])('%s: "%s"', (error, said, about, advice, hasMore) => {
  it('is known by its sentence', () => {
    expect(refused(error, said)).toEqual({ about, advice: expect.stringContaining(advice) as string });
  });

  it('is known by nothing else: neither a part of another sentence, nor with another code', () => {
    expect(refused(error, `x ${said}`)).toBeUndefined();
    expect(refused(error, said.slice(0, -1))).toBeUndefined();
    expect(refused('server_error', said)).toBeUndefined();
    expect(refused(error, `${said} x`) !== undefined).toBe(hasMore);
  });
});

it.each<[number: string, about: About, advice: string]>([
  ['AADSTS500131', 'caller', 'expected to be for this client'],
  ['AADSTS65001', 'caller', 'has to consent'],
  ['AADSTS50105', 'caller', 'assign the caller'],
  ['AADSTS90014', 'client', 'UPSTREAM_SCOPES'],
])('%s is known by its number, whatever the code', (number, about, advice) => {
  expect(refused('invalid_grant', '', undefined, number)).toEqual({
    about,
    advice: expect.stringContaining(advice) as string,
  });
});

it.each<[suberror: string, advice: string]>([
  ['consent_required', 'has to consent'],
  ['additional_action', 'has to do what'],
  ['message_only', "don't let this caller in"],
])('%s is known by the second code, unless a number says more', (suberror, advice) => {
  expect(refused('invalid_grant', '', suberror)).toEqual({
    about: 'caller',
    advice: expect.stringContaining(advice) as string,
  });
  expect(refused('invalid_grant', '', suberror, 'AADSTS90014')?.about).toBe('client');
});

it('of any other refusal the code says all', () => {
  expect(refused('invalid_grant', '')).toBeUndefined();
  expect(refused('invalid_grant', 'AADSTS50013: x', 'bad_token', 'AADSTS50013')).toBeUndefined();
});
