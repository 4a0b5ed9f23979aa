/**
 * Applies the table of limits to a resource's literal values. The value of a function is only known when it is
 * deployed.
 */
import { LIMITS, type Limit } from './limits.ts';
import { checkRuntime } from './runtime-rules.ts';
import { intrinsicOf, isObject, type Properties, type Report, shown, type Value } from './template.ts';

export function checkLimits(id: string, type: string, properties: Properties, report: Report): void {
  for (const [path, limit] of Object.entries(LIMITS[type] ?? {})) {
    for (const found of valuesAt(properties, path)) checkLimit(found.value, limit, `${id}.${found.path}`, report);
  }
  if (type === 'AWS::BedrockAgentCore::Runtime') checkRuntime(id, properties, report);
}

interface Found {
  readonly value: Value;
  readonly path: string;
}

/** Every literal value at a path. */
export function valuesAt(properties: Properties, path: string): Found[] {
  let found: Found[] = [{ value: properties, path: '' }];
  for (const step of path.match(/\[\]|\{k?\}|[^.[\]{}]+/g) ?? []) {
    found = found.flatMap(({ value, path }): Found[] => {
      if (step === '[]')
        return Array.isArray(value) ? value.map((member: Value, i) => ({ value: member, path: `${path}[${i}]` })) : [];
      if (!isObject(value) || intrinsicOf(value) !== undefined) return [];
      if (step === '{k}') return Object.keys(value).map((name) => ({ value: name, path: `${path}.${name}` }));
      if (step === '{}')
        return Object.entries(value).map(([name, member]) => ({ value: member, path: `${path}.${name}` }));
      const member = value[step];
      return member === undefined ? [] : [{ value: member, path: path === '' ? step : `${path}.${step}` }];
    });
  }
  return found.filter(({ value }) => intrinsicOf(value) === undefined);
}

function checkLimit(value: Value, { pattern, size }: Limit, path: string, report: Report): void {
  if (
    pattern !== undefined &&
    (typeof value === 'object' || !new RegExp(`^(?:${pattern.source})$`).test(String(value)))
  )
    report(path, `expected ${pattern.source}, got ${shown(value)}`);
  if (size === undefined) return;
  const measured =
    typeof value === 'string'
      ? value.length
      : isObject(value)
        ? Object.keys(value).length
        : Array.isArray(value)
          ? value.length
          : Number(value);
  if (measured >= size[0] && measured <= size[1]) return;
  const range = size[1] === Infinity ? `at least ${size[0]}` : `${size[0]} to ${size[1]}`;
  const unit = typeof value === 'string' ? ' characters' : typeof value === 'object' ? ' members' : '';
  report(path, `expected ${range}${unit}, got ${measured}`);
}
