/**
 * The changes of a change set, as DescribeChangeSet returns them. They are computed from the text of the templates,
 * which is all that is known before execution.
 */
import { resourceSpec } from '../../../cloudformation/spec.ts';
import type { Properties, Template } from '../../../cloudformation/template.ts';
import type { Deployed, Stack } from './stack.ts';

export function changesOf(stack: Stack, next: Deployed): Properties[] {
  const before = stack.deployed;
  const changes: Properties[] = [];
  for (const id of new Set([
    ...Object.keys(before?.template.Resources ?? {}),
    ...Object.keys(next.template.Resources),
  ])) {
    const was = before?.template.Resources[id];
    const is = next.template.Resources[id];
    const physical = stack.made.get(id)?.ref;
    const change = (Action: string, type: string, more: Properties = {}): void => {
      changes.push({
        Type: 'Resource',
        ResourceChange: {
          Action,
          LogicalResourceId: id,
          ResourceType: type,
          ...(physical === undefined ? {} : { PhysicalResourceId: physical }),
          ...more,
        },
      });
    };
    if (is === undefined) {
      if (was !== undefined) change('Remove', was.Type);
    } else if (was === undefined) {
      change('Add', is.Type);
    } else {
      const changed = changedProperties(before?.template, next.template, id);
      if (changed.length > 0)
        change('Modify', is.Type, {
          Replacement: replaces(is.Type, changed),
          Scope: ['Properties'],
          Details: changed.map((Name) => ({
            Target: { Attribute: 'Properties', Name },
            ChangeSource: 'DirectModification',
            Evaluation: 'Static',
          })),
        });
    }
  }
  return changes;
}

function changedProperties(before: Template | undefined, next: Template, id: string): string[] {
  const [was, is] = [before?.Resources[id]?.Properties ?? {}, next.Resources[id]?.Properties ?? {}];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]),
  );
}

function replaces(type: string, changed: readonly string[]): string {
  const properties = resourceSpec(type)?.properties ?? {};
  return changed.some((name) => properties[name]?.causesReplacement === 'yes') ? 'True' : 'False';
}
