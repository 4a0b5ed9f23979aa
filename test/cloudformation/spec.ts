/**
 * CloudFormation's own description of every resource type, from the package that CDK's constructs are generated from.
 */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Attribute, PropertyType, Resource, ResourceProperties, SpecDatabase } from '@aws-cdk/service-spec-types';

let loaded: SpecDatabase | undefined;

/** Loading takes a third of a second, so it is done once per process. */
function database(): SpecDatabase {
  return (loaded ??= loadAwsServiceSpecSync());
}

/** Types that CloudFormation or CDK knows and the specification doesn't list. */
const CDK_METADATA: Pick<Resource, 'properties' | 'attributes'> = {
  properties: { Analytics: { type: { type: 'string' } } },
  attributes: {},
};

export type ResourceSpec = Pick<Resource, 'properties' | 'attributes' | 'primaryIdentifier' | 'cfnRefIdentifier'>;

export function resourceSpec(type: string): ResourceSpec | undefined {
  if (type === 'AWS::CDK::Metadata') return CDK_METADATA;
  return database().lookup('resource', 'cloudFormationType', 'equals', type)[0];
}

export function isCustom(type: string): boolean {
  return type === 'AWS::CloudFormation::CustomResource' || /^Custom::[\w@-]{1,60}$/.test(type);
}

export function definition(type: PropertyType & { readonly type: 'ref' }): ResourceProperties {
  return database().get('typeDefinition', type.reference.$ref).properties;
}

/** The attribute that `Fn::GetAtt` names: `Arn`, or a path into one of object type (`Endpoint.Address`). */
export function attributeSpec(spec: ResourceSpec, name: string): Attribute | undefined {
  const whole = spec.attributes[name];
  if (whole !== undefined) return whole;
  const [head = '', ...path] = name.split('.');
  let found: { readonly type: PropertyType } | undefined = spec.attributes[head];
  for (const member of path) found = found?.type.type === 'ref' ? definition(found.type)[member] : undefined;
  return found;
}
