/** Values that one stack exports and others import: an export in use can't be deleted. */
import { intrinsicOf, isObject, type Value } from '../../../cloudformation/template.ts';
import type { Account } from '../account.ts';
import type { Stack } from './stack.ts';

export function exportedBy(
  account: Account,
  name: string,
): { readonly stack: Stack; readonly value: string } | undefined {
  for (const stack of account.stacks.values()) {
    const output = stack.outputs.find(({ ExportName }) => ExportName === name);
    if (output !== undefined && stack.status !== 'DELETE_COMPLETE') return { stack, value: output.OutputValue };
  }
  return undefined;
}

/** The names of the stacks that import from this one. */
export function importersOf(account: Account, stack: Stack): string[] {
  const names = new Set(stack.outputs.flatMap(({ ExportName }) => ExportName ?? []));
  return [...account.stacks.values()]
    .filter(
      (other) =>
        other !== stack &&
        other.status !== 'DELETE_COMPLETE' &&
        Object.values(other.deployed?.template.Resources ?? {}).some(({ Properties }) => imports(Properties, names)),
    )
    .map(({ name }) => name);
}

function imports(value: Value, names: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return (value as readonly Value[]).some((member) => imports(member, names));
  if (!isObject(value)) return false;
  const intrinsic = intrinsicOf(value);
  if (intrinsic?.name === 'Fn::ImportValue' && typeof intrinsic.argument === 'string' && names.has(intrinsic.argument))
    return true;
  return Object.values(value).some((member) => imports(member, names));
}
