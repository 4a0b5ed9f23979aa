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
    '^[A-Za-z]\\w*<',
    `^${NAME}(?:\\|\\||&&|\\?\\?)`,
    // A name of several words.
    '^[a-z]+(?:[A-Z][a-z]+)+$',
    '^[a-z]+\\d(?:[A-Z][a-z]{2,})+$',
    '^[a-z]+(?:_[a-z]+)+\\d?$',
    '^[A-Z]+(?:_[A-Z]+)+$',
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
