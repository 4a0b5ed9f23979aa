/** Characters that people can't see and a model reads. */
import { isHidden } from '../../../proxy/base/hidden-characters.ts';
import type { Rule } from './rule.ts';
import { textsOf } from './texts.ts';

/** Escape sequences of terminals hide what follows them when the text is printed. */
const ESCAPE = /\\(?:u001b|x1b|e|033)\[/i;

export const hiddenCharacters: Rule = {
  name: 'hidden-characters',
  find: (subject) =>
    textsOf(subject).flatMap(({ where, text }) =>
      isHidden(text) || ESCAPE.test(text) ? [{ where, what: 'has characters that a reviewer cannot see' }] : [],
    ),
};
