/** Keywords for strings. */
import type { JsonObject } from '../../json/value.ts';
import type { Check, Compiler } from '../compiler.ts';
import { FORMATS } from '../formats.ts';
import { lengthOf, type Pattern } from '../patterns.ts';
import type { Run } from '../run.ts';
import { countAt } from './number.ts';
import { cut } from './words.ts';

export function forText(schema: JsonObject, compiler: Compiler): readonly Check[] {
  const { pattern, format } = schema;
  const checks: Check[] = [];
  const least = countAt(schema, 'minLength');
  const most = countAt(schema, 'maxLength');
  if (least !== undefined)
    checks.push(
      ofLength(
        (text) => text.length >= least && (text.length >= 2 * least || lengthOf(text) >= least),
        `at least ${least} characters`,
      ),
    );
  if (most !== undefined)
    checks.push(
      ofLength(
        (text) => text.length <= most || (text.length <= 2 * most && lengthOf(text) <= most),
        `at most ${most} characters`,
      ),
    );
  if (pattern !== undefined) {
    const compiled = compiler.pattern(pattern);
    const expected = `a string that matches ${typeof pattern === 'string' ? cut(pattern) : ''}`;
    checks.push((value, run) => matches(compiled, value as string, run) || run.fail(expected, value));
  }
  const known = typeof format === 'string' ? FORMATS.get(format) : undefined;
  if (known !== undefined) checks.push(ofLength(known.accepts, known.expected, known.steps));
  return checks;
}

const aSixteenth = (_text: string): number => 1 / 16;

/** A check that reads every character. @param steps charged per character */
function ofLength(holds: (text: string) => boolean, expected: string, steps = aSixteenth): Check {
  return (value, run) => {
    const text = value as string;
    run.spend(text.length * steps(text));
    return holds(text) || run.fail(expected, text);
  };
}

/** Charges the worst case of a match: characters times instructions. */
export function matches(pattern: Pattern, text: string, run: Run): boolean {
  run.spend(1 + ((text.length * pattern.size) >> 3));
  return pattern.matches(text);
}
