/** The texts that servers may decode a URI to. */
import { expect, test } from 'vitest';
import { decodingsOf, isMalformed } from '../../../../proxy/controls/shared/uris/decoding.ts';

test.each([
  ['nothing encoded', 'a/b', ['a/b']],
  ['an encoded letter', '%61b', ['%61b', 'ab']],
  ['in capital digits', '%4A%4f', ['%4A%4f', 'JO']],
  ['encoded twice', '%2561', ['%2561', '%61', 'a']],
  ['encoded four times', '%2525252561', ['%2525252561', '%25252561', '%252561', '%2561', '%61']],
  [
    'encoded more often, of which four are followed',
    '%252525252561',
    ['%252525252561', '%2525252561', '%25252561', '%252561', '%2561'],
  ],
  ['two bytes', '%c3%a9', ['%c3%a9', '\u00e9']],
  ['the last of two bytes', '%DF%BF', ['%DF%BF', '\u07ff']],
  ['three bytes', '%e2%98%83', ['%e2%98%83', '\u2603']],
  ['four bytes', '%f0%9f%98%80', ['%f0%9f%98%80', '\u{1f600}']],
  ['the last of four bytes', '%f4%8f%bf%bf', ['%f4%8f%bf%bf', '\u{10ffff}']],
  ['several in a row', 'x%61%c3%a9%62y', ['x%61%c3%a9%62y', 'xa\u00e9by']],
  ['a UTF-16 unit', '%u0061%U2603', ['%u0061%U2603', 'a\u2603']],
  ['half a character', '%ud83d', ['%ud83d', '\ufffd']],
  ['two halves', '%ud83d%ude00', ['%ud83d%ude00', '\u{1f600}']],
  ['a lone continuation byte', '%80', ['%80']],
  ['a byte that begins nothing', '%ff', ['%ff']],
  ['too few bytes', '%c3x%e2%98x%f0%9f%98x', ['%c3x%e2%98x%f0%9f%98x']],
  ['bytes that do not follow', '%c3%c3', ['%c3%c3']],
  ['no digits', '%', ['%']],
  ['too few digits', '%6', ['%6']],
  ['other letters', '%6g%u006g', ['%6g%u006g']],
])('a URI with %s: %s', (_what, uri, texts) => {
  expect(decodingsOf(uri)).toEqual(texts);
});

test.each([
  '%00',
  'x%00',
  '%u0000',
  '%U0000',
  '%c0%80',
  '%C1%Bf',
  '%c0%ae',
  '%e0%80%af',
  '%e0%9f%bf',
  '%f0%80%80%af',
  '%f0%8f%bf%bf',
])('%s is a null or an overlong encoding', (uri) => {
  expect(isMalformed(uri)).toBe(true);
});

test.each(['', '%01', '%u0100', '%c2%80', '%c0%c0', '%e0%a0%80', '%f0%90%80%80', '%0', 'u0000'])(
  '%j is neither',
  (uri) => {
    expect(isMalformed(uri)).toBe(false);
  },
);
