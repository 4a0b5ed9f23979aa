/** Makers of resources: each does what the resource's service does with properties that the validator has passed. */
import { createHash } from 'node:crypto';
import { asText, isObject, type Properties, type Value } from '../../../cloudformation/template.ts';
import type { Account } from '../account.ts';
import type { Made, Stack } from '../cloudformation/stack.ts';
import { AwsError } from '../wire.ts';

export interface Making {
  readonly account: Account;
  readonly stack: Stack;
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
  /** The resource to update in place; undefined for a new one. */
  readonly previous: Made | undefined;
}

export interface Outcome {
  readonly ref: string;
  readonly attributes?: Properties;
}

export interface Maker {
  make(making: Making): Outcome | Promise<Outcome>;
  /** @default - nothing to delete besides the resource itself */
  unmake?(making: Omit<Making, 'previous'> & { readonly made: Made }): void | Promise<void>;
}

export function text(properties: Properties, name: string): string {
  const value = properties[name];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new AwsError('ValidationError', `${name}: expected a text, got ${JSON.stringify(value)}`);
}

export function optionalText(properties: Properties, name: string): string | undefined {
  return properties[name] === undefined ? undefined : text(properties, name);
}

export function texts(properties: Properties, name: string): readonly string[] {
  const value = properties[name] ?? [];
  return Array.isArray(value) ? (value as readonly Value[]).map(asText) : [asText(value)];
}

export function object(properties: Properties, name: string): Properties {
  const value = properties[name];
  if (isObject(value)) return value;
  throw new AwsError('ValidationError', `${name}: expected an object, got ${JSON.stringify(value)}`);
}

/** Letters and digits that stay the same for a resource in a stack until it is replaced. */
export function suffix(
  { stack, id, properties }: Pick<Making, 'stack' | 'id' | 'properties'>,
  length: number,
  alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789',
): string {
  const bytes = createHash('sha512')
    .update(JSON.stringify([stack.id, id, properties]))
    .digest();
  return Array.from({ length }, (_, i) => alphabet[(bytes[i % bytes.length] ?? 0) % alphabet.length]).join('');
}

/**
 * The name that CloudFormation makes up if the template has none. An update keeps it.
 * @param longest the service's limit: the stack's name and the logical id are cut to fit
 */
export function physicalName(making: Making, property?: string, longest = 64): string {
  const given = property === undefined ? undefined : optionalText(making.properties, property);
  if (given !== undefined || making.previous !== undefined) return given ?? making.previous?.ref ?? '';
  const stack = making.stack.name.slice(0, Math.floor((longest - 14) / 2));
  return `${stack}-${making.id.slice(0, longest - 14 - stack.length)}-${suffix(making, 12).toUpperCase()}`;
}
