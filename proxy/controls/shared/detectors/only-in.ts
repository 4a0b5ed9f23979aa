/** Which fields a detector is for: by key, by a name beside the value, or by a heading of a table. */
import { namesBeside, namesOfItem } from './beside.ts';
import type { Detector, Evidence } from './detector.ts';
import { findOf } from './plain-find.ts';

const known = new WeakMap<Detector['find'], ReadonlySet<string>>();

/** Notes that a detector searches in these fields only. */
export function onlyIn(detector: Detector, fields: ReadonlySet<string>): void {
  known.set(findOf(detector), fields);
}

/** The only fields of a detector; undefined if it searches in any. */
export function fieldsOf(detector: Detector): ReadonlySet<string> | undefined {
  return known.get(findOf(detector));
}

/** Whether a value is in one of the fields. */
export function isIn(fields: ReadonlySet<string>, evidence: Evidence | undefined): boolean {
  const field = evidence?.field;
  if (field === undefined) return false;
  const { path, holders } = evidence ?? {};
  const last = (path?.length ?? 0) - 1;
  const key = path?.[last];
  const holder = holders?.list[last];
  if (path === undefined || holders === undefined || holder === undefined || key === undefined)
    return fields.has(field);
  if (typeof key === 'number')
    return fields.has(field) || namesOfItem(path, holders, last).some((name) => fields.has(name));
  return fields.has(field) || (VALUES.has(field) && namesBeside(holder, key).some((name) => fields.has(name)));
}

/** Members that a name beside them names. */
const VALUES: ReadonlySet<string> = new Set(['value', 'Value', 'val', 'values', 'content', 'answer', 'data', 'text']);
