/** The documented order of controls, and what is lost in another order. */
import { log } from '../base/log.ts';

/** The documented order, outermost first. A team's own controls belong between enrichment and redaction. */
const ORDER = [
  'audit',
  'rate-limit',
  'access-policy',
  'enrichment',
  'redaction',
  'secrets',
  'tokenization',
  'validation',
];
const BEFORE_OWN = ORDER.indexOf('enrichment');

/** Logs a warning for each control out of the documented order. Returns the warnings. */
export function oddOrder(names: readonly string[]): string[] {
  const known = names.filter((name) => ORDER.includes(name));
  const warnings = known.flatMap((name, i) => {
    const before = known[i - 1];
    if (before === undefined || ORDER.indexOf(before) <= ORDER.indexOf(name)) return [];
    return [`control ${before} stands before ${name}; the usual order is ${ORDER.join(', ')}`];
  });
  names.forEach((name, i) => {
    if (ORDER.includes(name)) return;
    if (names.includes('audit', i))
      warnings.push(`control ${name} stands before audit: what it refuses is not in the record`);
    const passed = names.slice(0, i).filter((other) => ORDER.indexOf(other) > BEFORE_OWN);
    if (passed.length > 0)
      warnings.push(
        `control ${name} stands after ${passed.join(', ')}: what it puts into a call goes to the upstream unseen by it; a control of your own belongs before redaction, secrets, tokenization and validation`,
      );
  });
  for (const warning of warnings) log.warn(warning);
  return warnings;
}
