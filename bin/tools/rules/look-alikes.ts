/** Names that a person or a model takes for one another. */
import { skeleton } from '../../../proxy/aggregate/naming.ts';
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
    const own = shape(name);
    const other = tools.find((tool) => tool.name !== name && shape(tool.name) === own);
    return other === undefined
      ? []
      : [{ where: 'name', what: `looks like ${excerpt(other.name)} of ${other.upstream}` }];
  },
};

/** Digits that look like letters count as those. */
function shape(name: string): string {
  return skeleton(name).replaceAll('0', 'o').replaceAll(/[1|]/g, 'l').replaceAll('rn', 'm');
}
