/**
 * Acknowledges findings of cdk-nag's AwsSolutions rules that are intended, each with its reason, at the construct where
 * they arise.
 */
import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

const PREFIX = 'AwsSolutions-';

export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `${PREFIX}${rule}`, reason });
}

/** Acknowledges one wildcard in a policy, and no other one. */
export function acknowledgeResource(scope: IConstruct, resource: string, reason: string): void {
  acknowledge(scope, `IAM5[Resource::${shown(Stack.of(scope), resource)}]`, reason);
}

/** Intrinsics as cdk-nag writes them: `<AWS::Region>`, `<Logical.Attribute>`. */
function shown(stack: Stack, value: string): string {
  return Token.isUnresolved(value) ? flat(stack.resolve(value)) : value;
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const [entry] = Object.entries(value);
  const [name, content]: [string, unknown] = entry ?? ['', undefined];
  if (name === 'Fn::Join' && Array.isArray(content) && Array.isArray(content[1]))
    return content[1].map(flat).join(typeof content[0] === 'string' ? content[0] : '');
  if (name === 'Fn::GetAtt' && Array.isArray(content)) return `<${content.join('.')}>`;
  return name === 'Ref' && typeof content === 'string' ? `<${content}>` : '';
}
