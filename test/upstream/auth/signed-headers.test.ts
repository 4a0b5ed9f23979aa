import { expect, test } from 'vitest';
import { isSigned } from '../../../proxy/upstream/auth/signed-headers.ts';

test.each([
  'authorization',
  'host',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'content-length',
  'accept-encoding',
  'cache-control',
  'pragma',
  'user-agent',
  'via',
  'forwarded',
  'x-amzn-trace-id',
  'traceparent',
  'tracestate',
  'baggage',
  'proxy-authorization',
  'sec-fetch-mode',
  'x-forwarded-for',
])('%s is not signed, since a hop may change it', (name) => {
  expect(isSigned(name, 'x')).toBe(false);
});

test.each([
  'content-type',
  'accept',
  'x-amz-date',
  'x-amz-security-token',
  'mcp-method',
  'mcp-session-id',
  'last-event-id',
  'x-proxy-',
  'x-sec-',
  'not-x-forwarded-',
  '',
])('%s is signed', (name) => {
  expect(isSigned(name, 'x')).toBe(true);
});

test('a value of visible ASCII, spaces and tabs is signed, and no other', () => {
  for (const value of ['', ' a\tb ', '~!'.repeat(50)]) expect(isSigned('mcp-name', value), value).toBe(true);
  for (const value of ['ü', 'aü', 'üa', 'a\nb', 'a\x7f', '\0']) expect(isSigned('mcp-name', value), value).toBe(false);
});
