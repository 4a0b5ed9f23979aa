/**
 * Executes a change set: creates, updates and deletes resources one by one, and rolls everything back if one is
 * refused.
 */
import { orderOf } from '../../../cloudformation/order.ts';
import { resourceSpec } from '../../../cloudformation/spec.ts';
import { asText, type Properties, type Resource, type Template, type Value } from '../../../cloudformation/template.ts';
import { validateResource, validateStructure } from '../../../cloudformation/validate.ts';
import type { Account } from '../account.ts';
import { makerOf } from '../resources/makers.ts';
import { AwsError } from '../wire.ts';
import { exportedBy, importersOf } from './exports.ts';
import { Resolver } from './intrinsics.ts';
import { type ChangeSet, type Deployed, type Made, pseudoParameters, type Stack, type StackOutput } from './stack.ts';

export async function execute(account: Account, { stack, deployed, roleArn, tags }: ChangeSet): Promise<void> {
  const before = stack.deployed;
  const verb = before === undefined ? 'CREATE' : 'UPDATE';
  stack.become(`${verb}_IN_PROGRESS`);
  const undo: (() => Promise<void>)[] = [];
  stack.replaced = [];
  try {
    const resolver = resolverOf(account, stack, deployed);
    const live = liveResources(deployed.template, resolver);
    const gone = [...stack.made].filter(([id]) => !live.has(id));
    for (const [id, resource] of live) await apply(account, stack, id, resource, resolver, undo);
    const outputs = outputsOf(deployed.template, resolver);
    checkExports(account, stack, outputs);
    if (verb === 'UPDATE') stack.become('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    for (const unmake of stack.replaced) await unmake();
    for (const [id, made] of gone.reverse()) await remove(account, stack, id, made, before);
    Object.assign(stack, { deployed, outputs, roleArn, tags });
    stack.become(`${verb}_COMPLETE`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const rollback = verb === 'UPDATE' ? 'UPDATE_ROLLBACK' : 'ROLLBACK';
    stack.become(`${rollback}_IN_PROGRESS`, reason);
    for (const step of undo.reverse()) await step();
    stack.become(`${rollback}_COMPLETE`);
  }
}

export async function destroy(account: Account, stack: Stack): Promise<void> {
  const importers = importersOf(account, stack);
  if (importers.length > 0) return stack.become('DELETE_FAILED', `exports are imported by ${importers.join(', ')}`);
  stack.become('DELETE_IN_PROGRESS');
  try {
    for (const [id, made] of [...stack.made].reverse()) await remove(account, stack, id, made, stack.deployed);
    stack.outputs = [];
    stack.become('DELETE_COMPLETE');
  } catch (error) {
    stack.become('DELETE_FAILED', error instanceof Error ? error.message : String(error));
  }
}

export function resolverOf(account: Account, stack: Stack, { template, parameters }: Deployed): Resolver {
  return new Resolver(template, {
    parameters: { ...pseudoParameters(stack, account), ...parameterValues(account, template, parameters) },
    ref: (id) => stack.made.get(id)?.ref,
    attribute: (id, name) => attribute(stack.made.get(id)?.attributes, name),
    exported: (name) => exportedBy(account, name)?.value,
    output: (name, output) =>
      [...account.stacks.values()]
        .find((other) => other.name === name && other.status !== 'DELETE_COMPLETE')
        ?.outputs.find(({ OutputKey }) => OutputKey === output)?.OutputValue,
  });
}

/** Lists are text with commas, and SSM parameters are named. */
function parameterValues(
  account: Account,
  template: Template,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, Value>> {
  const values: Record<string, Value> = {};
  for (const name of Object.keys(given))
    if (!(name in template.Parameters))
      throw new AwsError('ValidationError', `Parameters: [${name}] do not exist in the template`);
  for (const [name, parameter] of Object.entries(template.Parameters)) {
    const type = asText(parameter['Type']);
    const value = given[name] ?? parameter['Default'];
    if (value === undefined) throw new AwsError('ValidationError', `Parameters: [${name}] must have values`);
    const allowed = parameter['AllowedValues'];
    if (Array.isArray(allowed) && !allowed.includes(value))
      throw new AwsError('ValidationError', `Parameter ${name} must be one of ${allowed.join(', ')}`);
    if (type.startsWith('AWS::SSM::Parameter::Value')) {
      const found = account.parameters.get(asText(value));
      if (found === undefined)
        throw new AwsError(
          'ValidationError',
          `Unable to fetch parameters [${asText(value)}] from parameter store for this account.`,
        );
      values[name] = found;
    } else {
      values[name] = /List/.test(type) ? (value === '' ? [] : asText(value).split(',')) : asText(value);
    }
  }
  return values;
}

/**
 * Returns the resources in order of creation. A runtime and its dependencies come first, so that a policy that it
 * doesn't depend on comes too late.
 */
function liveResources(template: Template, resolver: Resolver): Map<string, Resource> {
  const eager = (type: string): number =>
    type.startsWith('AWS::BedrockAgentCore::') || type.startsWith('Custom::') ? 0 : 1;
  const entries = Object.entries(template.Resources).toSorted(([, a], [, b]) => eager(a.Type) - eager(b.Type));
  const order = orderOf({ ...template, Resources: Object.fromEntries(entries) });
  if ('circle' in order)
    throw new AwsError('ValidationError', `Circular dependency between resources: [${order.circle.join(', ')}]`);
  const live = new Map<string, Resource>();
  for (const id of order.order) {
    const resource = template.Resources[id];
    if (resource !== undefined && (resource.Condition === undefined || resolver.condition(resource.Condition)))
      live.set(id, resource);
  }
  return live;
}

async function apply(
  account: Account,
  stack: Stack,
  id: string,
  { Type: type, Properties }: Resource,
  resolver: Resolver,
  undo: (() => Promise<void>)[],
): Promise<void> {
  const previous = stack.made.get(id);
  const verb = previous === undefined ? 'CREATE' : 'UPDATE';
  const make = async (properties: Properties, from: Made | undefined): Promise<void> => {
    const faults = validateResource(id, type, properties);
    if (faults.length > 0) throw new AwsError('ValidationError', faults.join('; '));
    const outcome = await makerOf(type).make({ account, stack, id, type, properties, previous: from });
    stack.made.set(id, { type, ref: outcome.ref, attributes: outcome.attributes ?? {}, properties });
  };
  const unmake = async (made: Made): Promise<void> => {
    await makerOf(type).unmake?.({ account, stack, id, type, properties: made.properties, made });
  };
  try {
    const properties = resolver.properties(Properties);
    if (previous !== undefined && JSON.stringify(previous.properties) === JSON.stringify(properties)) return;
    stack.record(id, type, `${verb}_IN_PROGRESS`);
    const replaced = previous !== undefined && needsReplacement(type, previous, properties);
    await make(properties, replaced ? undefined : previous);
    const now = stack.made.get(id);
    undo.push(async () => {
      if ((previous === undefined || replaced) && now !== undefined) await unmake(now);
      if (previous === undefined) stack.made.delete(id);
      else if (replaced) stack.made.set(id, previous);
      else await make(previous.properties, now);
      stack.record(id, type, previous === undefined ? 'DELETE_COMPLETE' : 'UPDATE_COMPLETE');
    });
    // A replaced resource is deleted after everything else exists.
    if (replaced) stack.replaced.push(() => unmake(previous));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    stack.record(id, type, `${verb}_FAILED`, reason);
    throw new AwsError(
      'ResourceFailed',
      `The following resource(s) failed to ${verb.toLowerCase()}: [${id}]. ${reason}`,
    );
  }
  stack.record(id, type, `${verb}_COMPLETE`);
}

export function needsReplacement(type: string, previous: Made, properties: Properties): boolean {
  const changed = Object.entries(resourceSpec(type)?.properties ?? {}).filter(
    ([name]) => JSON.stringify(previous.properties[name]) !== JSON.stringify(properties[name]),
  );
  return previous.type !== type || changed.some(([, { causesReplacement }]) => causesReplacement === 'yes');
}

async function remove(
  account: Account,
  stack: Stack,
  id: string,
  made: Made,
  deployed: Deployed | undefined,
): Promise<void> {
  const { type, properties } = made;
  if (['Retain', 'RetainExceptOnCreate'].includes(deployed?.template.Resources[id]?.DeletionPolicy ?? '')) {
    stack.record(id, type, 'DELETE_SKIPPED');
  } else {
    stack.record(id, type, 'DELETE_IN_PROGRESS');
    try {
      await makerOf(type).unmake?.({ account, stack, id, type, properties, made });
    } catch (error) {
      stack.record(id, type, 'DELETE_FAILED', error instanceof Error ? error.message : String(error));
      throw error;
    }
    stack.record(id, type, 'DELETE_COMPLETE');
  }
  stack.made.delete(id);
}

function attribute(attributes: Properties | undefined, name: string): Value | undefined {
  return attributes?.[name];
}

function outputsOf(template: Template, resolver: Resolver): StackOutput[] {
  return Object.entries(template.Outputs).flatMap(([name, output]) => {
    const condition = output['Condition'];
    if (typeof condition === 'string' && !resolver.condition(condition)) return [];
    const exported = output['Export'];
    const exportName =
      typeof exported === 'object' && exported !== null && !Array.isArray(exported)
        ? (exported as Properties)['Name']
        : undefined;
    return [
      {
        OutputKey: name,
        OutputValue: resolver.text(output['Value'] ?? null),
        Description: typeof output['Description'] === 'string' ? output['Description'] : undefined,
        ExportName: exportName === undefined ? undefined : resolver.text(exportName),
      },
    ];
  });
}

function checkExports(account: Account, stack: Stack, outputs: readonly StackOutput[]): void {
  for (const { ExportName } of outputs) {
    const owner = ExportName === undefined ? undefined : exportedBy(account, ExportName)?.stack;
    if (owner !== undefined && owner !== stack)
      throw new AwsError(
        'ValidationError',
        `Export with name ${ExportName} is already exported by stack ${owner.name}`,
      );
  }
  const kept = new Set(outputs.map(({ ExportName }) => ExportName));
  const missing = stack.outputs.find(({ ExportName }) => ExportName !== undefined && !kept.has(ExportName));
  if (missing !== undefined && importersOf(account, stack).length > 0)
    throw new AwsError(
      'ValidationError',
      `Export ${missing.ExportName} cannot be deleted as it is in use by ${importersOf(account, stack).join(', ')}`,
    );
}

/** Checks a whole template when a change set is created. */
export function checkTemplate(source: unknown): void {
  const faults = validateStructure(source);
  if (faults.length > 0) throw new AwsError('ValidationError', `Template validation failed: ${faults.join('; ')}`);
}
