/** What a schema says of a list. */
import type { JsonObject, JsonValue } from '../../../json/lossless.ts';
import type { Check, Compiler } from '../schema.ts';
import { identityOf } from './equal.ts';
import { countAt } from './number.ts';
import type { Parts } from './object.ts';

type List = readonly JsonValue[];

export function forList(schema: JsonObject, compiler: Compiler): Parts {
  const { items, prefixItems, additionalItems, contains, uniqueItems, unevaluatedItems } = schema;
  const checks: Check[] = [];
  const least = countAt(schema, 'minItems');
  const most = countAt(schema, 'maxItems');
  if (least !== undefined) checks.push((value, run) => (value as List).length >= least || run.fail(`at least ${least} items`, value));
  if (most !== undefined) checks.push((value, run) => (value as List).length <= most || run.fail(`at most ${most} items`, value));
  // Until 2019-09 `items` was a list, and what came after it `additionalItems`.
  const first = Array.isArray(prefixItems) ? (prefixItems as List) : Array.isArray(items) ? (items as List) : [];
  const rest = Array.isArray(items) ? additionalItems : items;
  if (first.length > 0) checks.push(inOrder(first.map((item) => compiler.of(item, 'prefixItems'))));
  if (rest !== undefined) checks.push(from(first.length, compiler.of(rest, 'items')));
  if (contains !== undefined) checks.push(containing(compiler.of(contains, 'contains'), countAt(schema, 'minContains') ?? 1, countAt(schema, 'maxContains') ?? Number.POSITIVE_INFINITY));
  if (uniqueItems === true) checks.push(unique);
  return { checks, last: unevaluatedItems === undefined ? [] : [unseen(compiler.of(unevaluatedItems, 'unevaluatedItems'))] };
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
  return (value, run, seen) => {
    const list = value as List;
    let holds = true;
    for (let i = start; i < list.length; i++) {
      run.spend(1);
      run.path.push(i);
      holds = check(list[i] as JsonValue, run, undefined) && holds;
      run.path.pop();
      if (!holds && run.failures === undefined) return false;
    }
    if (seen !== undefined) seen.everyItem = true;
    return holds;
  };
}

function containing(check: Check, least: number, most: number): Check {
  return (value, run, seen) => {
    let found = 0;
    (value as List).forEach((item, i) => {
      run.spend(1);
      run.path.push(i);
      const fits = run.silently(() => check(item, run, undefined));
      run.path.pop();
      if (!fits) return;
      found++;
      seen?.items.add(i);
    });
    if (found < least) return run.fail(`${least} item${least === 1 ? '' : 's'} of a kind that the schema asks for`, value);
    return found <= most || run.fail(`at most ${most} items of a kind that the schema names`, value);
  };
}

const unique: Check = (value, run) => {
  const known = new Set<string>();
  for (const [i, item] of (value as List).entries()) {
    run.path.push(i);
    const identity = identityOf(item, run);
    run.path.pop();
    if (known.has(identity)) return run.fail('items that differ from each other', value);
    known.add(identity);
  }
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
