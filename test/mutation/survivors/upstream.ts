import type { Explanation } from '../mutants.ts';

export const UPSTREAM: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/address': [
    {
      why: 'The first element is the whole match, which is skipped.',
      mutants: [
        {
          was: 'const [, partition, region, , type, id, endpoint] = ARN.exec(arn) ?? [];',
          becomes: 'const [, partition, region, , type, id, endpoint] = ARN.exec(arn) ?? ["Stryker was here"];',
        },
      ],
    },
    {
      why: 'The pattern has matched both or neither. The second condition is for the compiler.',
      mutants: [
        {
          was: "if (partition === undefined || region === undefined || (type === 'gateway' && endpoint !== undefined)) {",
          becomes:
            "if (partition === undefined && region === undefined || (type === 'gateway' && endpoint !== undefined)) {",
        },
        {
          was: "if (partition === undefined || region === undefined || (type === 'gateway' && endpoint !== undefined)) {",
          becomes: "if (false || region === undefined || (type === 'gateway' && endpoint !== undefined)) {",
        },
        {
          was: "if (partition === undefined || region === undefined || (type === 'gateway' && endpoint !== undefined)) {",
          becomes: "if (partition === undefined || false || (type === 'gateway' && endpoint !== undefined)) {",
        },
      ],
    },
    {
      why: 'A gateway always has an id in the pattern. The check is for the compiler.',
      mutants: [{ was: 'gatewayId: id?.toLowerCase(),', becomes: 'gatewayId: id.toLowerCase(),' }],
    },
    {
      why: 'No host has a space in its name.',
      mutants: [
        {
          was: 'export function addressOfUrl(text: string, plainHosts: readonly string[] = []): Address | string {',
          becomes:
            'export function addressOfUrl(text: string, plainHosts: readonly string[] = ["Stryker was here"]): Address | string {',
        },
      ],
    },
  ],
  'network/forbidden-address': [
    {
      why: 'split() returns at least one part. The default is for the compiler.',
      mutants: [
        {
          was: "const [before = '', after] = text.split('::');",
          becomes: 'const [before = "Stryker was here!", after] = text.split(\'::\');',
        },
      ],
    },
    {
      why: '1.0.0.0 is no forbidden address, so it may be found or not.',
      mutants: [
        {
          was: '...[48, 56, 64].map((start) => skippingByte8(groups, start)).filter((address) => address >= 2 ** 24),',
          becomes:
            '...[48, 56, 64].map((start) => skippingByte8(groups, start)).filter((address) => address > 2 ** 24),',
        },
      ],
    },
    {
      why: 'An empty text is read as the number 0, as 0.0.0.0 is.',
      mutants: [{ was: "['0.0.0.0', 8, 'an unspecified address'],", becomes: '["", 8, \'an unspecified address\'],' }],
    },
  ],
  'upstream/http/chunks': [
    {
      why: 'It saves a copy: the data of the first chunk stays where it is.',
      mutants: [{ was: 'if (this.to === 0) {', becomes: 'if (false) {' }],
    },
  ],
  'upstream/headers': [
    {
      why: 'Node gives names and values in pairs. The defaults are for the compiler.',
      mutants: [
        { was: "const name = raw[i] ?? '';", becomes: 'const name = raw[i] ?? "Stryker was here!";' },
        { was: "kept.push(name, raw[i + 1] ?? '');", becomes: 'kept.push(name, raw[i + 1] ?? "Stryker was here!");' },
      ],
    },
    {
      why: 'The pattern does not match the text "undefined". The condition is for the compiler.',
      mutants: [
        {
          was: '} else if (inbound.traceparent !== undefined && TRACEPARENT.test(inbound.traceparent)) {',
          becomes: '} else if (true && TRACEPARENT.test(inbound.traceparent)) {',
        },
      ],
    },
    {
      why: 'It saves work for the most frequent value. Keep-Alive is dropped in any case.',
      mutants: [
        {
          was: "connection === undefined || connection === 'keep-alive' || connection === 'close'",
          becomes: "connection === undefined || false || connection === 'close'",
        },
        {
          was: "connection === undefined || connection === 'keep-alive' || connection === 'close'",
          becomes: 'connection === undefined || connection === "" || connection === \'close\'',
        },
      ],
    },
    {
      why: 'The lengths save work for most names. The list alone decides.',
      mutants: [
        {
          was: '(DROPPED_LENGTHS[name.length] === true && DROPPED.has(name.toLowerCase())) ||',
          becomes: '(true && DROPPED.has(name.toLowerCase())) ||',
        },
        { was: '[...DROPPED].some((name) => name.length === length),', becomes: '[...DROPPED].some((name) => true),' },
        {
          was: '[...DROPPED].some((name) => name.length === length),',
          becomes: '[...DROPPED].some((name) => name.length !== length),',
        },
      ],
    },
  ],
  'upstream/http/reader': [
    {
      why: 'It saves work, or an empty line in place of a status line is refused with the same words.',
      mutants: [
        {
          was: 'const found = text.indexOf(END, Math.max(from, before - END.length + 1));',
          becomes: 'const found = text.indexOf(END, Math.max(from, before - END.length - 1));',
        },
        {
          was: 'const next = found < 0 ? text.length : found + END.length;',
          becomes: 'const next = found <= 0 ? text.length : found + END.length;',
        },
        { was: 'if (found < 0) {', becomes: 'if (found <= 0) {' },
      ],
    },
    {
      why: 'A response that is complete has a head. The check is for the compiler.',
      mutants: [
        {
          was: 'return this.#clean ? (this.#head?.keepMs ?? 0) : 0;',
          becomes: 'return this.#clean ? (this.#head.keepMs ?? 0) : 0;',
        },
      ],
    },
    {
      why: 'A buffer of its own, from the pool or not, holds the same bytes.',
      mutants: [
        {
          was: 'const own = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
          becomes: 'const own = true ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
        },
        {
          was: 'const own = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
          becomes: 'const own = false ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
        },
        {
          was: 'const own = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
          becomes: 'const own = length <= 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
        },
        {
          was: 'const own = length < 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
          becomes: 'const own = length >= 4096 ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);',
        },
      ],
    },
  ],
  'upstream/http/head': [
    {
      why: 'An empty value has no blanks to cut off, and the line after a value has no tab at its start that is not refused.',
      mutants: [
        {
          was: 'while (to > from && isBlank(text.charCodeAt(to - 1))) to--;',
          becomes: 'while (true && isBlank(text.charCodeAt(to - 1))) to--;',
        },
        {
          was: 'while (to > from && isBlank(text.charCodeAt(to - 1))) to--;',
          becomes: 'while (to >= from && isBlank(text.charCodeAt(to - 1))) to--;',
        },
        {
          was: 'this.#note(name, value, text.slice(to, next - 2));',
          becomes: 'this.#note(name, value, text.slice(to, next + 2));',
        },
      ],
    },
    {
      why: 'An interim answer is over with its headers, whatever its length.',
      mutants: [
        {
          was: 'const isEmpty = status < 200 || status === 204 || status === 304;',
          becomes: 'const isEmpty = false || status === 204 || status === 304;',
        },
      ],
    },
    {
      why: 'It saves work for the usual answers. The long way gives the same.',
      mutants: [
        {
          was: "if (isName(name, 'connection')) this.closes ||= value !== 'keep-alive' && listed(value, 'close');",
          becomes: "if (isName(name, 'connection')) this.closes ||= true && listed(value, 'close');",
        },
        {
          was: "if (isName(name, 'connection')) this.closes ||= value !== 'keep-alive' && listed(value, 'close');",
          becomes: "if (isName(name, 'connection')) this.closes ||= value !== \"\" && listed(value, 'close');",
        },
        {
          was: "if (isName(name, 'content-type')) this.isEvents ||= /^text\\/event-stream/i.test(value.slice(0, 20));",
          becomes: "if (isName(name, 'content-type')) this.isEvents ||= /^text\\/event-stream/i.test(value);",
        },
        {
          was: "if (blanks.includes('\\t') || this.coding || value.length !== 7 || value.toLowerCase() !== 'chunked')",
          becomes: "if (blanks.includes('\\t') || this.coding || false || value.toLowerCase() !== 'chunked')",
        },
        {
          was: 'const isName = (name: string, lower: string): boolean => name === lower || name.toLowerCase() === lower;',
          becomes: 'const isName = (name: string, lower: string): boolean => false || name.toLowerCase() === lower;',
        },
        {
          was: 'const seconds = /^timeout=(\\d{1,9})/i.exec(value.slice(0, 20))?.[1];',
          becomes: 'const seconds = /^timeout=(\\d{1,9})/i.exec(value)?.[1];',
        },
      ],
    },
    {
      why: 'The text has as many characters as the pattern, so it matches the whole or not at all.',
      mutants: [
        {
          was: 'const STATUS_LINE = /^HTTP\\/1\\.[01] [1-9]\\d\\d[ \\r]$/;',
          becomes: 'const STATUS_LINE = /HTTP\\/1\\.[01] [1-9]\\d\\d[ \\r]$/;',
        },
        {
          was: 'const STATUS_LINE = /^HTTP\\/1\\.[01] [1-9]\\d\\d[ \\r]$/;',
          becomes: 'const STATUS_LINE = /^HTTP\\/1\\.[01] [1-9]\\d\\d[ \\r]/;',
        },
      ],
    },
  ],
};
