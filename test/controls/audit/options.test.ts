import { expect, test } from 'vitest';
import { audit, type AuditOptions } from '../../../proxy/controls/audit/index.ts';

test.each([
  ['{"formt":"ocsf"}', 'audit: expected format, fingerprints, chain, firehose, stdout, onSinkFailure, got "formt"'],
  [
    '{"chain":{"key":1}}',
    'audit: chain: expected keyring, signingKey, kmsKey, kmsAlgorithm, everyLines, everySeconds, got "key"; chain: expected one of keyring, signingKey and kmsKey, got none',
  ],
  [
    '{"chain":{"keyring":"K","signingKey":"S"}}',
    'audit: chain: expected one of keyring, signingKey and kmsKey, got 2 of them',
  ],
  [
    '{"chain":{"keyring":"K","kmsAlgorithm":"ES256"}}',
    'audit: chain.kmsAlgorithm: expected none without kmsKey, got one',
  ],
  [
    '{"chain":{"kmsKey":"K","kmsAlgorithm":"HS256"}}',
    'audit: chain.kmsAlgorithm: expected one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, got "HS256"',
  ],
  [
    '{"chain":true}',
    'audit: chain: expected an object with keyring, signingKey, kmsKey, kmsAlgorithm, everyLines, everySeconds, got a boolean',
  ],
  ['{"chain":null}', 'got null'],
  [
    '{"fingerprints":{"keyring":"K","arguments":"id"}}',
    'fingerprints.arguments: expected a list of paths, got a string',
  ],
  [
    '{"fingerprints":{"keyring":"K","arguments":[7]}}',
    'fingerprints.arguments: expected a path such as order.email, got 7',
  ],
  ['{"fingerprints":{"keyring":"K","caller":"yes"}}', 'fingerprints.caller: expected true or false, got a string'],
  [
    '{"fingerprints":{"keyring":7,"caller":true}}',
    'fingerprints.keyring: expected the name of an environment variable, got a number',
  ],
  [
    '{"stdout":"no","firehose":""}',
    'stdout: expected true or false, got a string; firehose: expected the name of an environment variable, got an empty string',
  ],
  ['null', 'audit: expected options, such as'],
])('%s is refused, with what was got and expected', (text, words) => {
  const given: unknown = JSON.parse(text);
  expect(() => audit(given as AuditOptions)).toThrow(words);
});
