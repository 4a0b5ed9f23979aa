/**
 * Parses a CloudFormation template strictly: sections, resource attributes and the form of every intrinsic function.
 */

export type Value = string | number | boolean | null | readonly Value[] | Properties;
export interface Properties {
  readonly [name: string]: Value;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
  readonly DependsOn: readonly string[];
  readonly Condition: string | undefined;
  readonly DeletionPolicy: string | undefined;
}

export interface Template {
  readonly Parameters: Readonly<Record<string, Properties>>;
  readonly Mappings: Readonly<Record<string, Properties>>;
  readonly Conditions: Readonly<Record<string, Value>>;
  readonly Rules: Readonly<Record<string, Value>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Properties>>;
}

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Resources',
  'Outputs',
];
const RESOURCE_ATTRIBUTES = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
  'Metadata',
];
const DELETION_POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];

export type Report = (path: string, message: string) => void;

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a synthesized template (or one sent to CloudFormation). What doesn't have a template's form is reported and
 * left out.
 */
export function readTemplate(source: unknown, report: Report): Template {
  if (!isObject(source)) report('template', `expected an object, got ${shown(source)}`);
  const top = isObject(source) ? source : {};
  for (const name of Object.keys(top))
    if (!SECTIONS.includes(name)) report(name, `unknown section, expected one of ${SECTIONS.join(', ')}`);
  const Resources: Record<string, Resource> = {};
  for (const [id, resource] of Object.entries(objects(top, 'Resources', report))) {
    const read = readResource(id, resource, report);
    if (read !== undefined) Resources[id] = read;
  }
  if (Object.keys(Resources).length === 0) report('Resources', 'expected at least one resource, got none');
  return {
    Parameters: objects(top, 'Parameters', report),
    Mappings: objects(top, 'Mappings', report),
    Conditions: objects(top, 'Conditions', report),
    Rules: objects(top, 'Rules', report),
    Resources,
    Outputs: objects(top, 'Outputs', report),
  };
}

/** A section: an object of objects. */
function objects(top: Properties, section: string, report: Report): Record<string, Properties> {
  const value = top[section] ?? {};
  if (!isObject(value)) report(section, `expected an object, got ${shown(value)}`);
  const read: Record<string, Properties> = {};
  for (const [name, member] of Object.entries(isObject(value) ? value : {})) {
    if (!/^[A-Za-z0-9]+$/.test(name) && section !== 'Mappings')
      report(`${section}.${name}`, 'expected letters and digits for a logical id');
    if (isObject(member)) read[name] = member;
    else report(`${section}.${name}`, `expected an object, got ${shown(member)}`);
  }
  return read;
}

function readResource(id: string, source: Properties, report: Report): Resource | undefined {
  for (const name of Object.keys(source))
    if (!RESOURCE_ATTRIBUTES.includes(name))
      report(`${id}.${name}`, `unknown resource attribute, expected one of ${RESOURCE_ATTRIBUTES.join(', ')}`);
  const { Type, Properties = {}, DependsOn = [], Condition, DeletionPolicy, UpdateReplacePolicy } = source;
  if (typeof Type !== 'string') report(`${id}.Type`, `expected a resource type, got ${shown(Type)}`);
  if (!isObject(Properties)) report(`${id}.Properties`, `expected an object, got ${shown(Properties)}`);
  for (const [name, policy] of Object.entries({ DeletionPolicy, UpdateReplacePolicy })) {
    if (policy !== undefined && !(typeof policy === 'string' && DELETION_POLICIES.includes(policy)))
      report(`${id}.${name}`, `expected one of ${DELETION_POLICIES.join(', ')}, got ${shown(policy)}`);
  }
  if (typeof Type !== 'string' || !isObject(Properties)) return undefined;
  const dependsOn = (typeof DependsOn === 'string' ? [DependsOn] : Array.isArray(DependsOn) ? DependsOn : []).filter(
    (name) => typeof name === 'string',
  );
  return {
    Type,
    Properties,
    DependsOn: dependsOn,
    Condition: typeof Condition === 'string' ? Condition : undefined,
    DeletionPolicy: typeof DeletionPolicy === 'string' ? DeletionPolicy : undefined,
  };
}

/** The name and argument of an intrinsic function; undefined for plain data. */
export function intrinsicOf(value: Value): { readonly name: string; readonly argument: Value } | undefined {
  if (!isObject(value)) return undefined;
  const [first, ...more] = Object.keys(value);
  if (first === undefined || more.length > 0 || !(first === 'Ref' || first.startsWith('Fn::'))) return undefined;
  return { name: first, argument: value[first] ?? null };
}

/** `[logicalId, attribute]` of a `Fn::GetAtt`, in either of its two notations. */
export function getAttOf(argument: Value): readonly [string, Value] | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 1 ? undefined : [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  if (!Array.isArray(argument) || argument.length !== 2) return undefined;
  const [id, attribute] = argument as readonly Value[];
  return typeof id === 'string' && attribute !== undefined ? [id, attribute] : undefined;
}

/** A `Fn::Sub`: its text, the names in it (without `${!Literal}`) and its own variables. */
export function subOf(
  argument: Value,
): { readonly text: string; readonly names: readonly string[]; readonly variables: Properties } | undefined {
  const [text, variables = {}] = (Array.isArray(argument) ? argument : [argument]) as readonly Value[];
  if (typeof text !== 'string' || !isObject(variables)) return undefined;
  return { text, names: [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map((match) => (match[1] ?? '').trim()), variables };
}

/** A scalar as text, as CloudFormation reads it; a list or an object as JSON; an empty text for a missing value. */
export function asText(value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
