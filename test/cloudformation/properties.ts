/**
 * Checks a resource's properties against its specification: names, required ones, types and allowed values, also inside
 * `Fn::If`.
 */
import type { PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types';
import { attributeSpec, definition, isCustom, type ResourceSpec, resourceSpec } from './spec.ts';
import {
  asText,
  getAttOf,
  intrinsicOf,
  isObject,
  type Properties,
  type Report,
  shown,
  type Template,
  type Value,
} from './template.ts';

/** Types that CloudFormation accepts as text or as the value itself. */
const SCALARS: ReadonlySet<PropertyType['type']> = new Set(['string', 'number', 'integer', 'boolean', 'date-time']);
const TAG: ResourceProperties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

export function checkProperties(
  id: string,
  type: string,
  properties: Properties,
  template: Template,
  report: Report,
): void {
  if (isCustom(type)) {
    if (properties['ServiceToken'] === undefined)
      report(`${id}.ServiceToken`, 'required for a custom resource, but missing');
    return;
  }
  const spec = resourceSpec(type);
  if (spec === undefined) return report(`${id}.Type`, `unknown resource type ${shown(type)}`);
  checkMembers(properties, spec.properties, id, report, spec);

  function checkMembers(
    value: Properties,
    known: ResourceProperties,
    path: string,
    report: Report,
    owner?: ResourceSpec,
  ): void {
    for (const [name, member] of Object.entries(value)) {
      const property = known[name];
      if (property === undefined) {
        if (owner !== undefined && name in owner.attributes)
          report(`${path}.${name}`, 'is read-only: the service sets it');
        else report(`${path}.${name}`, `unknown property, expected one of ${Object.keys(known).join(', ')}`);
      } else {
        checkAny(member, [property.type, ...(property.previousTypes ?? [])], `${path}.${name}`, report);
      }
    }
    for (const [name, property] of Object.entries(known)) {
      if (property.required === true && isAbsent(value[name])) report(`${path}.${name}`, 'required, but missing');
    }
  }

  /** The value may match any of them. If it matches none, the fault of the first one, today's type, is reported. */
  function checkAny(value: Value, types: readonly PropertyType[], path: string, report: Report): void {
    const [today, ...others] = types;
    if (today === undefined) return;
    const faults = faultsOf(value, today, path);
    if (faults.length > 0 && !others.some((type) => faultsOf(value, type, path).length === 0))
      for (const fault of faults) report(...fault);
  }

  function faultsOf(value: Value, expected: PropertyType, path: string): Parameters<Report>[] {
    const found: Parameters<Report>[] = [];
    check(value, expected, path, (...fault) => void found.push(fault));
    return found;
  }

  function check(value: Value, expected: PropertyType, path: string, report: Report): void {
    const intrinsic = intrinsicOf(value);
    if (intrinsic !== undefined) return checkIntrinsic(intrinsic.name, intrinsic.argument, expected, path, report);
    const wrong = (): void => report(path, `expected ${expected.type}, got ${shown(value)}`);
    switch (expected.type) {
      case 'string':
      case 'date-time':
        if (typeof value === 'object') return wrong();
        return checkAllowed(
          String(value),
          'allowedValues' in expected ? expected.allowedValues : undefined,
          path,
          report,
        );
      case 'integer':
      case 'number':
        if (
          typeof value === 'object' ||
          !(expected.type === 'integer' ? /^-?\d+$/ : /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/).test(String(value))
        )
          return wrong();
        return checkAllowed(
          Number(value),
          'allowedValues' in expected ? expected.allowedValues : undefined,
          path,
          report,
        );
      case 'boolean':
        return ['true', 'false'].includes(asText(value)) ? undefined : wrong();
      case 'null':
        return value === null ? undefined : wrong();
      case 'json':
        return isObject(value) || typeof value === 'string' || Array.isArray(value) ? undefined : wrong();
      case 'tag':
        return isObject(value) ? checkMembers(value, TAG, path, report) : wrong();
      case 'array':
        if (!Array.isArray(value)) return wrong();
        return value.forEach((member: Value, i) => check(member, expected.element, `${path}[${i}]`, report));
      case 'map':
        if (!isObject(value)) return wrong();
        return Object.entries(value).forEach(([name, member]) =>
          check(member, expected.element, `${path}.${name}`, report),
        );
      case 'ref':
        return isObject(value) ? checkMembers(value, definition(expected), path, report) : wrong();
      case 'union':
        return checkAny(value, expected.types, path, report);
      default:
        return expected satisfies never;
    }
  }

  function checkAllowed<T>(value: T, allowed: readonly T[] | undefined, path: string, report: Report): void {
    if (allowed !== undefined && !allowed.includes(value))
      report(path, `expected one of ${allowed.join(', ')}, got ${shown(value)}`);
  }

  function checkIntrinsic(name: string, argument: Value, expected: PropertyType, path: string, report: Report): void {
    if (name === 'Fn::If' && Array.isArray(argument)) {
      for (const branch of argument.slice(1) as readonly Value[])
        if (!isAbsent(branch)) check(branch, expected, path, report);
      return;
    }
    const gives = kindOf(name, argument, template);
    if (gives === undefined || expected.type === 'json' || expected.type === 'union') return;
    const takes = expected.type === 'array' ? 'list' : SCALARS.has(expected.type) ? 'text' : 'object';
    if (gives !== takes) report(path, `expected ${expected.type}, got ${name}, which gives a ${gives}`);
  }
}

/** Missing, or removed by `AWS::NoValue`. */
function isAbsent(value: Value | undefined): boolean {
  return value === undefined || (isObject(value) && value['Ref'] === 'AWS::NoValue');
}

/** The kind of a function's value; undefined if it is only known at deployment. */
function kindOf(name: string, argument: Value, template: Template): 'text' | 'list' | 'object' | undefined {
  switch (name) {
    case 'Fn::Join':
    case 'Fn::Sub':
    case 'Fn::Base64':
      return 'text';
    case 'Fn::Split':
    case 'Fn::GetAZs':
    case 'Fn::Cidr':
      return 'list';
    case 'Ref': {
      if (typeof argument !== 'string' || argument === 'AWS::NoValue') return undefined;
      if (argument === 'AWS::NotificationARNs') return 'list';
      const type = template.Parameters[argument]?.['Type'];
      return typeof type === 'string' && /List/.test(type) ? 'list' : 'text';
    }
    case 'Fn::GetAtt': {
      const [id, attribute] = getAttOf(argument) ?? [];
      const type = id === undefined ? undefined : template.Resources[id]?.Type;
      const spec = type === undefined ? undefined : resourceSpec(type);
      const given =
        spec === undefined || typeof attribute !== 'string' ? undefined : attributeSpec(spec, attribute)?.type.type;
      if (given === undefined || given === 'json' || given === 'union') return undefined;
      return given === 'array' ? 'list' : SCALARS.has(given) ? 'text' : 'object';
    }
    default:
      return undefined;
  }
}
