/**
 * Checks a template's references: `Ref`, `Fn::GetAtt`, `Fn::Sub`, conditions, mappings and `DependsOn` must each name
 * something that exists.
 */
import { attributeSpec, isCustom, resourceSpec } from './spec.ts';
import { getAttOf, intrinsicOf, isObject, type Report, shown, subOf, type Template, type Value } from './template.ts';

export const PSEUDO_PARAMETERS = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

/** How many arguments each function has in its list; `undefined` for one without a list. */
const FUNCTIONS: Readonly<Record<string, readonly [number, number] | undefined>> = {
  Ref: undefined,
  'Fn::Base64': undefined,
  'Fn::Cidr': [2, 3],
  'Fn::FindInMap': [3, 4],
  'Fn::GetAtt': undefined,
  'Fn::GetAZs': undefined,
  'Fn::GetStackOutput': undefined,
  'Fn::If': [3, 3],
  'Fn::ImportValue': undefined,
  'Fn::Join': [2, 2],
  'Fn::Select': [2, 2],
  'Fn::Split': [2, 2],
  'Fn::Sub': undefined,
};
const CONDITION_FUNCTIONS: Readonly<Record<string, readonly [number, number]>> = {
  'Fn::And': [2, 10],
  'Fn::Or': [2, 10],
  'Fn::Not': [1, 1],
  'Fn::Equals': [2, 2],
};

export function checkReferences(template: Template, report: Report): void {
  for (const [name, condition] of Object.entries(template.Conditions)) checkCondition(condition, `Conditions.${name}`);
  for (const [id, resource] of Object.entries(template.Resources)) {
    for (const other of resource.DependsOn)
      if (!(other in template.Resources))
        report(`${id}.DependsOn`, `expected the id of a resource, got ${shown(other)}`);
    checkConditionName(resource.Condition, `${id}.Condition`);
    walk(resource.Properties, id);
  }
  for (const [name, output] of Object.entries(template.Outputs)) {
    const path = `Outputs.${name}`;
    for (const member of Object.keys(output))
      if (!['Value', 'Description', 'Export', 'Condition'].includes(member))
        report(`${path}.${member}`, 'unknown member of an output');
    if (output['Value'] === undefined) report(`${path}.Value`, 'required, but missing');
    checkConditionName(output['Condition'], `${path}.Condition`);
    walk(output['Value'] ?? null, `${path}.Value`);
    walk(output['Export'] ?? null, `${path}.Export`);
  }

  function walk(value: Value, path: string): void {
    if (Array.isArray(value)) return value.forEach((member: Value, i) => walk(member, `${path}[${i}]`));
    if (!isObject(value)) return;
    const intrinsic = intrinsicOf(value);
    if (intrinsic !== undefined) return checkFunction(intrinsic.name, intrinsic.argument, path);
    for (const [name, member] of Object.entries(value)) {
      if (name.startsWith('Fn::') || (name === 'Ref' && typeof member === 'string'))
        report(path, `${name} stands beside other members: a function must be alone in its object`);
      walk(member, `${path}.${name}`);
    }
  }

  function checkFunction(name: string, argument: Value, path: string): void {
    if (!(name in FUNCTIONS)) return report(path, `unknown function ${name}`);
    const size = FUNCTIONS[name];
    if (size !== undefined && !(Array.isArray(argument) && argument.length >= size[0] && argument.length <= size[1])) {
      return report(
        path,
        `${name}: expected a list of ${size[0] === size[1] ? size[0] : size.join(' to ')}, got ${shown(argument)}`,
      );
    }
    const list = (Array.isArray(argument) ? argument : []) as readonly Value[];
    switch (name) {
      case 'Ref':
        return checkRef(argument, path);
      case 'Fn::GetAtt':
        return checkGetAtt(getAttOf(argument), argument, path);
      case 'Fn::Sub':
        return checkSub(argument, path);
      case 'Fn::GetStackOutput':
        return checkStackOutput(argument, path);
      case 'Fn::If':
        if (typeof list[0] !== 'string')
          report(path, `Fn::If: expected the name of a condition, got ${shown(list[0])}`);
        else checkConditionName(list[0], path);
        return list.slice(1).forEach((member) => walk(member, path));
      case 'Fn::FindInMap':
        if (typeof list[0] === 'string' && !(list[0] in template.Mappings))
          report(path, `Fn::FindInMap: no mapping ${shown(list[0])}`);
        else checkMapKeys(list, path);
        return list.forEach((member) => walk(member, path));
      case 'Fn::Join':
        if (typeof list[0] !== 'string') report(path, `Fn::Join: expected a literal delimiter, got ${shown(list[0])}`);
        if (!Array.isArray(list[1]) && intrinsicOf(list[1] ?? null) === undefined)
          report(path, `Fn::Join: expected a list of values, got ${shown(list[1])}`);
        return walk(argument, path);
      default:
        walk(argument, path);
    }
  }

  /**
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
   */
  function checkStackOutput(argument: Value, path: string): void {
    const members = isObject(argument) ? Object.keys(argument) : [];
    const fits =
      ['StackName', 'OutputName'].every((name) => members.includes(name)) &&
      members.every((name) => ['StackName', 'OutputName', 'Region', 'RoleArn'].includes(name));
    if (!fits)
      report(
        path,
        `Fn::GetStackOutput: expected StackName and OutputName (and Region and RoleArn), got ${shown(argument)}`,
      );
    walk(argument, path);
  }

  function checkMapKeys([map, first, second]: readonly Value[], path: string): void {
    if (typeof map !== 'string' || typeof first !== 'string') return;
    const row = template.Mappings[map]?.[first];
    if (!isObject(row)) report(path, `Fn::FindInMap: mapping ${map} has no key ${shown(first)}`);
    else if (typeof second === 'string' && !(second in row))
      report(path, `Fn::FindInMap: mapping ${map} has no key ${shown(second)} under ${shown(first)}`);
  }

  function checkRef(name: Value, path: string): void {
    if (typeof name !== 'string' || !refers(name)) report(path, `Ref: no resource or parameter ${shown(name)}`);
  }

  function refers(name: string): boolean {
    return PSEUDO_PARAMETERS.includes(name) || name in template.Resources || name in template.Parameters;
  }

  function checkGetAtt(read: readonly [string, Value] | undefined, argument: Value, path: string): void {
    if (read === undefined)
      return report(path, `Fn::GetAtt: expected a logical id and an attribute, got ${shown(argument)}`);
    const [id, attribute] = read;
    const resource = template.Resources[id];
    if (resource === undefined) return report(path, `Fn::GetAtt: no resource ${shown(id)}`);
    // A custom resource has the attributes of its handler's answer.
    if (isCustom(resource.Type)) return;
    if (typeof attribute !== 'string') return walk(attribute, path);
    const spec = resourceSpec(resource.Type);
    if (spec !== undefined && attributeSpec(spec, attribute) === undefined) {
      report(
        path,
        `Fn::GetAtt: ${resource.Type} has no attribute ${shown(attribute)}, expected one of ${Object.keys(spec.attributes).join(', ')}`,
      );
    }
  }

  function checkSub(argument: Value, path: string): void {
    const sub = subOf(argument);
    if (sub === undefined)
      return report(path, `Fn::Sub: expected a text, or a text and its variables, got ${shown(argument)}`);
    for (const name of sub.names) {
      if (name in sub.variables) continue;
      if (!PSEUDO_PARAMETERS.includes(name) && name.includes('.')) checkGetAtt(getAttOf(name), name, path);
      else if (!refers(name)) report(path, `Fn::Sub: no resource, parameter or variable ${shown(name)}`);
    }
    for (const name of Object.keys(sub.variables))
      if (!sub.names.includes(name)) report(path, `Fn::Sub: variable ${shown(name)} is not used`);
    walk(sub.variables, path);
  }

  function checkConditionName(name: Value | undefined, path: string): void {
    if (name !== undefined && !(typeof name === 'string' && name in template.Conditions))
      report(path, `no condition ${shown(name)}`);
  }

  function checkCondition(value: Value, path: string): void {
    if (!isObject(value)) return;
    const [name = '', ...more] = Object.keys(value);
    const argument = value[name] ?? null;
    if (name === 'Condition' && more.length === 0) return checkConditionName(argument, path);
    const size = CONDITION_FUNCTIONS[name];
    if (size === undefined || more.length > 0)
      return report(
        path,
        `expected a condition function (${Object.keys(CONDITION_FUNCTIONS).join(', ')}, Condition), got ${shown(value)}`,
      );
    if (!Array.isArray(argument) || argument.length < size[0] || argument.length > size[1])
      return report(path, `${name}: expected a list of ${size.join(' to ')}, got ${shown(argument)}`);
    for (const member of argument as readonly Value[]) {
      // Compared values are plain values; everything else is a condition again.
      if (name === 'Fn::Equals') walk(member, path);
      else checkCondition(member, path);
    }
  }
}
