/** Names that a person or a model takes for one another. */
import { areAlike } from '../../../proxy/aggregate/naming.ts';
import type { Rule } from './rule.ts';
import { excerpt } from './texts.ts';

const LATIN = /\p{Script=Latin}/u;
const OTHER_SCRIPT = /(?!\p{Script=Latin})\p{L}/u;

export const lookAlikes: Rule = {
  name: 'look-alikes',
  find({ kind, name, tools }) {
    if (kind !== 'tools') return [];
    if (LATIN.test(name) && OTHER_SCRIPT.test(name))
      return [{ where: 'name', what: 'mixes letters of several alphabets' }];
    const other = tools.find((tool) => tool.name !== name && areAlike(tool.name, name));
    return other === undefined
      ? []
      : [{ where: 'name', what: `looks like ${excerpt(other.name)} of ${other.upstream}` }];
  },
};
