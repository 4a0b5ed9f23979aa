/** Keywords for arrays. */
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Check, Compiler } from '../compiler.ts';
import { isIn } from '../dialects.ts';
import { SchemaFault } from '../faults.ts';
import { Kept } from '../progress.ts';
import type { Run } from '../run.ts';
import { identityOf } from './equal.ts';
import { countAt } from './number.ts';
import type { Parts } from './object.ts';

type List = readonly JsonValue[];

export function forList(schema: JsonObject, compiler: Compiler): Parts {
  const { items, prefixItems, additionalItems, contains, uniqueItems, unevaluatedItems } = schema;
  const checks: Check[] = [];
  const least = countAt(schema, 'minItems');
  const most = countAt(schema, 'maxItems');
  if (least !== undefined)
    checks.push((value, run) => (value as List).length >= least || run.fail(`at least ${least} items`, value));
  if (most !== undefined)
    checks.push((value, run) => (value as List).length <= most || run.fail(`at most ${most} items`, value));
  // Before 2020-12, `items` could be a list, and `additionalItems` applied to the items after it.
  const listed = Array.isArray(items) && prefixItems === undefined && isIn(compiler.dialect, [4, 8]);
  const first = listed ? items : prefixItems === undefined ? [] : prefixItems;
  const rest = listed ? additionalItems : items;
  if (!Array.isArray(first)) throw new SchemaFault('prefixItems: expected a list of schemas');
  if (uniqueItems !== undefined && typeof uniqueItems !== 'boolean')
    throw new SchemaFault('uniqueItems: expected true or false');
  if (first.length > 0) checks.push(inOrder((first as List).map((item) => compiler.of(item, 'prefixItems'))));
  if (rest !== undefined) checks.push(from(first.length, compiler.of(rest, 'items')));
  if (contains !== undefined)
    checks.push(containing(schema, compiler.of(contains, 'contains'), isIn(compiler.dialect, [9, 9])));
  if (uniqueItems === true) checks.push(unique);
  return {
    checks,
    last: unevaluatedItems === undefined ? [] : [unseen(compiler.of(unevaluatedItems, 'unevaluatedItems'))],
  };
}

function inOrder(checks: readonly Check[]): Check {
  return (value, run, seen) => {
    const list = value as List;
    let holds = true;
    for (let i = 0; i < checks.length && i < list.length; i++) {
      run.path.push(i);
      holds = checks[i]?.(list[i] as JsonValue, run, undefined) === true && holds;
      run.path.pop();
      seen?.items.add(i);
      if (!holds && run.failures === undefined) return false;
    }
    return holds;
  };
}

function from(start: number, check: Check): Check {
  const item = (list: List, i: number, run: Run): boolean => {
    run.spend(1);
    run.path.push(i);
    const holds = check(list[i] as JsonValue, run, undefined);
    run.path.pop();
    return holds;
  };
  const items: Check = (value, run, seen) => {
    const list = value as List;
    if (run.progress !== undefined)
      return run.progress.every(items, list, start, list.length, (i) => item(list, i, run));
    let holds = true;
    for (let i = start; i < list.length; i++) {
      holds = item(list, i, run) && holds;
      if (!holds && run.failures === undefined) return false;
    }
    if (seen !== undefined) seen.everyItem = true;
    return holds;
  };
  return items;
}

/** @param marks whether the matching items count as evaluated for `unevaluatedItems`: since 2020-12 */
function containing(schema: JsonObject, check: Check, marks: boolean): Check {
  const least = countAt(schema, 'minContains') ?? 1;
  const most = countAt(schema, 'maxContains') ?? Number.POSITIVE_INFINITY;
  const tallies = new Kept<{ found: number }>();
  const contained: Check = (value, run, seen) => {
    const list = value as List;
    const { progress } = run;
    const tally = progress === undefined ? { found: 0 } : tallies.of(progress, list, () => ({ found: 0 }), contained);
    const count = (i: number): true => {
      run.spend(1);
      run.path.push(i);
      const fits = run.silently(() => check(list[i] as JsonValue, run, undefined));
      run.path.pop();
      if (!fits) return true;
      tally.found++;
      if (marks) seen?.items.add(i);
      return true;
    };
    if (progress === undefined) for (let i = 0; i < list.length; i++) count(i);
    else progress.every(contained, list, 0, list.length, count);
    const { found } = tally;
    if (found < least)
      return run.fail(`at least ${least} ${least === 1 ? 'item that matches' : 'items that match'} contains`, value);
    return (
      found <= most ||
      run.fail(`at most ${most} ${most === 1 ? 'item that matches' : 'items that match'} contains`, value)
    );
  };
  return contained;
}

const identities = new Kept<Set<string>>();

const unique: Check = (value, run) => {
  const list = value as List;
  const { progress } = run;
  const known = progress === undefined ? new Set<string>() : identities.of(progress, list, () => new Set(), unique);
  const differs = (i: number): boolean => {
    run.path.push(i);
    const identity = identityOf(list[i], run);
    run.path.pop();
    const { size } = known;
    return known.add(identity).size > size;
  };
  if (progress !== undefined) return progress.every(unique, list, 0, list.length, differs);
  for (let i = 0; i < list.length; i++) if (!differs(i)) return run.fail('items that differ from each other', value);
  return true;
};

function unseen(check: Check): Check {
  return (value, run, seen) => {
    if (!Array.isArray(value) || seen === undefined || seen.everyItem) return true;
    let holds = true;
    (value as List).forEach((item, i) => {
      run.spend(1);
      if (seen.items.has(i)) return;
      run.path.push(i);
      holds = check(item, run, undefined) && holds;
      run.path.pop();
    });
    seen.everyItem = true;
    return holds;
  };
}
