/** Values of a template that are known before deployment. */
import { partitionOf, suffixOf } from '../../proxy/base/aws-hosts.ts';
import { isObject } from '../../proxy/json/lossless.ts';

export interface Known {
  readonly account: string | undefined;
  readonly region: string | undefined;
}

/** A template's value as text; undefined if it is only known after deployment. */
export function resolvedText(value: unknown, known: Known): string | undefined {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return undefined;
  if (typeof value['Ref'] === 'string') return pseudo(value['Ref'], known);
  const join = value['Fn::Join'];
  if (Array.isArray(join) && typeof join[0] === 'string' && Array.isArray(join[1]))
    return joined(
      join[1].map((part) => resolvedText(part, known)),
      join[0],
    );
  const sub = value['Fn::Sub'];
  if (typeof sub === 'string') {
    const parts = sub
      .split(/(\$\{[^}]*\})/)
      .map((part) =>
        part.startsWith('${!')
          ? `\${${part.slice(3)}`
          : part.startsWith('${')
            ? pseudo(part.slice(2, -1), known)
            : part,
      );
    return joined(parts, '');
  }
  return undefined;
}

function joined(parts: readonly (string | undefined)[], separator: string): string | undefined {
  return parts.includes(undefined) ? undefined : parts.join(separator);
}

function pseudo(name: string, { account, region }: Known): string | undefined {
  switch (name) {
    case 'AWS::Region':
      return region;
    case 'AWS::AccountId':
      return account;
    case 'AWS::Partition':
      return region === undefined ? undefined : partitionOf(region);
    case 'AWS::URLSuffix':
      return region === undefined ? undefined : suffixOf(region);
    default:
      return undefined;
  }
}
