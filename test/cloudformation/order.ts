/** The order in which CloudFormation creates a template's resources: dependencies first. */
import { getAttOf, intrinsicOf, isObject, subOf, type Template, type Value } from './template.ts';

/** The resources that one depends on, by `DependsOn` and by references in its properties. */
export function dependenciesOf(template: Template, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const resource = template.Resources[id];
  for (const other of resource?.DependsOn ?? []) found.add(other);
  walk(resource?.Properties ?? {});
  for (const other of found) if (!(other in template.Resources)) found.delete(other);
  return found;

  function walk(value: Value): void {
    if (Array.isArray(value)) return (value as readonly Value[]).forEach(walk);
    if (!isObject(value)) return;
    const intrinsic = intrinsicOf(value);
    if (intrinsic?.name === 'Ref' && typeof intrinsic.argument === 'string') found.add(intrinsic.argument);
    if (intrinsic?.name === 'Fn::GetAtt') found.add(getAttOf(intrinsic.argument)?.[0] ?? '');
    if (intrinsic?.name === 'Fn::Sub')
      for (const name of subOf(intrinsic.argument)?.names ?? []) found.add(name.split('.')[0] ?? '');
    Object.values(value).forEach(walk);
  }
}

/** All ids, dependencies first; or a cycle of them. */
export function orderOf(
  template: Template,
): { readonly order: readonly string[] } | { readonly circle: readonly string[] } {
  const done = new Set<string>();
  for (const id of Object.keys(template.Resources)) {
    const circle = visit(id, []);
    if (circle !== undefined) return { circle };
  }
  return { order: [...done] };

  function visit(id: string, from: readonly string[]): readonly string[] | undefined {
    if (done.has(id)) return undefined;
    if (from.includes(id)) return [...from.slice(from.indexOf(id)), id];
    for (const other of dependenciesOf(template, id)) {
      const circle = visit(other, [...from, id]);
      if (circle !== undefined) return circle;
    }
    done.add(id);
    return undefined;
  }
}
