/** Tells names in source code from secrets: `password = user.password`, `token = getToken(`. */
import type { Value } from './values.ts';

const NAME = '[A-Za-z_$][A-Za-z_$]*\\d?';
const EXPRESSION = new RegExp(
  [
    // A member, perhaps with more after it: `a.b`, `a?.b||c`, `a[0].b(`.
    `^${NAME}(?:\\??\\.${NAME}|\\[[^\\]]*\\]?)+(?:$|[(?),;}:&=|].*$)`,
    // A call, a qualified name, a generic type, a choice.
    '^[A-Za-z_$][A-Za-z_$.]{2,}\\d?\\(',
    '^&?[A-Za-z_]\\w*(?:::|->)',
    // A pointer's type, markup of documentation, a small number, a variable of a shell.
    '^\\*(?:const|mut)$',
    '^\\*[a-z]\\w*\\.[A-Z]\\w*$',
    '^[A-Z]\\{',
    '^0x[\\dA-Fa-f]{1,16}$',
    '^[A-Z][A-Z\\d]*(?:_[A-Z\\d]+)+(?:=|\\.[a-z])',
    '^[A-Za-z]\\w*<',
    `^${NAME}(?:\\|\\||&&|\\?\\?)`,
    // A name of several words.
    '^[a-z]+(?:[A-Z][a-z]+)+$',
    '^[a-z]+\\d(?:[A-Z][a-z]{2,})+$',
    '^[a-z]{3,}(?:[A-Z][a-z]{2,})+\\d(?:[A-Z][a-z]{2,})+$',
    '^[a-z]+(?:_[a-z]+)+\\d?$',
    '^[A-Z]+(?:_[A-Z]+)+$',
    // With the size of what it is about: `addInt32PrefixedString`, `crc32_words_inner`.
    '^[A-Za-z_]{3,}(?:8|16|32|64|128|256|512)[A-Z][a-z]{2,}[A-Za-z]*$',
    '^[a-z]{2,}\\d{0,3}(?:_[a-z]{2,})+$',
  ].join('|'),
);

/** What begins an expression. */
const KEYWORD = /^(?:function|async|await|new|class|lambda|return|yield|typeof|void|delete|import|require|this|self)$/;
/** A name to which something is assigned: in the next line, after a condition that ends with a colon. */
const ASSIGNED = /^ ?=(?![=~>])/;

/** A name in quotes: of a variable, a property, a key of messages. */
const QUOTED = /^[A-Za-z_]+(?:\.[A-Za-z_]+)+$|^[a-z]+(?:[A-Z][a-z]+)+$|^[a-z]+(?:_[a-z]+)+$|^[A-Z]+(?:_[A-Z\d]+)+$/;

const TEMPLATE = /[$#]\{|\{\{/;

export function isCode(text: string, { end, where }: Value, value: string): boolean {
  if (TEMPLATE.test(value)) return true;
  if (where === 'quoted') return QUOTED.test(value);
  if (KEYWORD.test(value)) return true;
  if (/^[A-Za-z_]\w*$/.test(value) && ASSIGNED.test(text.slice(end, end + 3)) && text.charCodeAt(end) === 0x20)
    return true;
  return text.charCodeAt(end) === 0x28 || EXPRESSION.test(value);
}

/** `exports.hapiJwt2Key = hapiJwt2Key`, `SigningKey as Ed25519SigningKey`: a name in code, and what it names. */
export function isSameName(label: string, found: string, loose: boolean): boolean {
  if (!/^[A-Za-z_$][\w$]*$/.test(found)) return false;
  return (
    found === label ||
    (loose && label.length > 2 && found.replace(/\$\d$/, '').toLowerCase().endsWith(label.toLowerCase()))
  );
}

/** `new ECKey(ECCurves.secp160r1)`: a member in a call. */
export function isArgument(text: string, end: number, found: string): boolean {
  return text.charCodeAt(end) === 0x28 && /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(found);
}
