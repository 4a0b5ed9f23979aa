/**
 * Packs addresses before encryption, so that their tokens fit fields with little room: prefix codes whose lengths come
 * from how often letters and endings occur in addresses. The tables must never change, because old tokens use them.
 */
import { type Lengths, PrefixCode } from './prefix-code.ts';

const FIRST: Lengths = [
  [4, 'a e i n r o l'],
  [5, 's t m c d h . @'],
  [6, 'u k b g p j y v w f .com'],
  [7, 'z - _ 1 2 0 9 @gmail.com'],
  [8, 'x 8 3 7 5 4 6 .de .org .net'],
  [9, 'q + ^ .co.uk @hotmail.com @yahoo.com @outlook.com @icloud.com .fr .io .it .es .nl .edu .eu .ch'],
  [10, '.com.br .co.jp .at .ca .com.au .in .pl .se'],
];
const SECOND: Lengths = [
  [3, 'a'],
  [4, 'e i l n o r s'],
  [5, '@ c d h m t'],
  [6, '- . b g k p u'],
  [7, '.com 1 9 @gmail.com f j v w y z'],
  [8, '0 2 5 6 7 8'],
  [9, '.de 3 4 @hotmail.com @outlook.com @yahoo.com _'],
  [10, '+ .ca .co.uk .fr .net .org @example.com @icloud.com q x'],
  [11, '.be .ch .co .com.au .edu .es .io .it .nl @aol.com @gmx.de @live.com @orange.fr @t-online.de @web.de'],
  [
    12,
    '.at .co.jp .com.br .eu .fi .in .me .no .pl .ru .se @comcast.net @example.org @free.fr @gmx.net @googlemail.com @hotmail.co.uk @hotmail.fr @libero.it @mail.ru @me.com @msn.com @proton.me @protonmail.com @yahoo.co.uk',
  ],
  [13, "' .ai .co.in .com.mx .cz .dk .gov .ie .info .jp .mx .pt .us @wanadoo.fr @yahoo.de @yahoo.fr ^"],
];

/** The first two bits of packed bytes: no text begins like this in UTF-8. */
const MARK = 0b10;
const MARK_BITS = 2;
/** The first five bits of bytes that are packed with the second table: no text begins like this either. */
const SECOND_MARK = 0b11111;
const HEAD_BITS = 8;

/**
 * Where the local part and the domain have capitals, by the last three bits of the first byte. The last one: wherever
 * `^` says.
 */
const CAPITALS: readonly (readonly [local: RegExp, domain: RegExp] | undefined)[] = (() => {
  const [none, all, start, words] = [/(?!)/g, /[a-z]/g, /^[a-z]/g, /(?<![a-z])[a-z]/g];
  return [
    [none, none],
    [words, none],
    [words, start],
    [all, all],
    [start, none],
    [all, none],
    [none, start],
    undefined,
  ];
})();

const first = new PrefixCode(FIRST);
const second = new PrefixCode(SECOND);

/** Undefined if the value has other characters, or would not become shorter. */
export function packed(value: string): Buffer | undefined {
  const one = first.packed(value, [MARK, MARK_BITS]);
  const lower = value.toLowerCase();
  const way = CAPITALS.findIndex((capitals) => capitals === undefined || capitalized(lower, capitals) === value);
  const other = second.packed(CAPITALS[way] === undefined ? value : lower, [(SECOND_MARK << 3) | way, HEAD_BITS]);
  return other === undefined || (one !== undefined && one.length <= other.length) ? one : other;
}

function capitalized(text: string, [local, domain]: readonly [local: RegExp, domain: RegExp]): string {
  const at = text.indexOf('@');
  const upper = (letter: string): string => letter.toUpperCase();
  return text.slice(0, at + 1).replace(local, upper) + text.slice(at + 1).replace(domain, upper);
}

export function isPacked(bytes: Uint8Array): boolean {
  const [head = 0] = bytes;
  return head >> (8 - MARK_BITS) === MARK || head >> 3 === SECOND_MARK;
}

export function unpacked(bytes: Uint8Array): string {
  const [head = 0] = bytes;
  if (head >> 3 !== SECOND_MARK) return first.unpacked(bytes, MARK_BITS);
  const text = second.unpacked(bytes, HEAD_BITS);
  const capitals = CAPITALS[head & 0b111];
  return capitals === undefined ? text : capitalized(text, capitals);
}
