/** CloudFormation's query API, the part that the CDK CLI uses. */
import { randomUUID } from 'node:crypto';
import { parse as parseYaml } from 'yaml';
import { readTemplate } from '../../../cloudformation/template.ts';
import type { Account, Credentials } from '../account.ts';
import { demandObject } from '../s3.ts';
import { AwsError } from '../wire.ts';
import { changesOf } from './changes.ts';
import { checkTemplate, destroy, execute, resolverOf } from './deployment.ts';
import { type ChangeSet, type Deployed, Stack, type Tag } from './stack.ts';

type Query = URLSearchParams;
type Action = (query: Query, caller: Credentials) => unknown;

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export class CloudFormation {
  readonly actions: Readonly<Record<string, Action>>;
  readonly #account: Account;
  readonly #changeSets = new Map<string, ChangeSet & { readonly failed: string | undefined }>();
  /** Running deployments: a stack is finished when its promise resolves. */
  readonly #running = new Set<Promise<void>>();

  constructor(account: Account) {
    this.#account = account;
    this.actions = {
      CreateChangeSet: (query) => this.#createChangeSet(query),
      DescribeChangeSet: (query) => this.#describeChangeSet(query),
      ExecuteChangeSet: (query) => this.#executeChangeSet(query),
      // A missing stack counts as deleted.
      DeleteChangeSet: (query) => void this.#changeSets.delete(this.#named(query)?.id ?? ''),
      DescribeStacks: (query) => ({ Stacks: this.#selected(query).map(describe) }),
      DescribeStackEvents: (query) => ({ StackEvents: this.#stack(text(query, 'StackName')).events }),
      DescribeEvents: (query) => this.#describeEvents(query),
      GetTemplate: (query) => ({ TemplateBody: this.#stack(text(query, 'StackName')).deployed?.body ?? '{}' }),
      ListStackResources: (query) => this.#listResources(query),
      DescribeStackResources: (query) => ({ StackResources: this.#resources(this.#stack(text(query, 'StackName'))) }),
      UpdateTerminationProtection: (query) => this.#protect(query),
      DeleteStack: (query) => this.#deleteStack(query),
    };
  }

  /** Waits for running deployments. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** By its name (only if not deleted) or its ARN. */
  #find(nameOrId: string): Stack | undefined {
    return (
      this.#account.stacks.get(nameOrId) ??
      [...this.#account.stacks.values()].find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE')
    );
  }

  #stack(nameOrId: string): Stack {
    const stack = this.#find(nameOrId);
    if (stack === undefined) throw new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
    return stack;
  }

  #selected(query: Query): Stack[] {
    const name = query.get('StackName');
    return name === null
      ? [...this.#account.stacks.values()].filter(({ status }) => status !== 'DELETE_COMPLETE')
      : [this.#stack(name)];
  }

  #createChangeSet(query: Query): unknown {
    const name = text(query, 'StackName');
    let stack = this.#find(name);
    if (stack === undefined) {
      if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name))
        throw new AwsError('ValidationError', `stackName: expected [A-Za-z][A-Za-z0-9-]*, got ${name}`);
      stack = new Stack(name, this.#account.arn('cloudformation', 'stack/'));
      this.#account.stacks.set(stack.id, stack);
      stack.become('REVIEW_IN_PROGRESS');
    }
    if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS')
      throw new AwsError('ValidationError', `Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
    if (stack.status === 'ROLLBACK_COMPLETE')
      throw new AwsError('ValidationError', `Stack:${stack.id} is in ROLLBACK_COMPLETE state and can not be updated.`);
    const roleArn = query.get('RoleARN') ?? undefined;
    if (roleArn !== undefined) this.#account.roleOf(roleArn);
    const body = this.#body(query, stack);
    const source: unknown = body.trimStart().startsWith('{') ? JSON.parse(body) : parseYaml(body);
    checkTemplate(source);
    const deployed: Deployed = {
      body,
      template: readTemplate(source, () => {}),
      parameters: parametersOf(query, stack),
    };
    this.#checkCapabilities(query, deployed);
    // Unknown parameters and values are refused now, not at execution.
    resolverOf(this.#account, stack, deployed);
    const changes = changesOf(stack, deployed);
    const same =
      stack.deployed !== undefined &&
      changes.length === 0 &&
      JSON.stringify([stack.deployed.template, stack.deployed.parameters]) ===
        JSON.stringify([deployed.template, deployed.parameters]);
    const id = this.#account.arn('cloudformation', `changeSet/${text(query, 'ChangeSetName')}/${randomUUID()}`);
    this.#changeSets.set(id, {
      id,
      name: text(query, 'ChangeSetName'),
      stack,
      deployed,
      roleArn,
      tags: tagsOf(query),
      changes,
      created: new Date(),
      failed: same ? NO_CHANGES : undefined,
    });
    return { Id: id, StackId: stack.id };
  }

  #body(query: Query, stack: Stack): string {
    const given = query.get('TemplateBody');
    if (given !== null) return given;
    const url = query.get('TemplateURL');
    if (url !== null) return demandObject(this.#account, url).toString('utf8');
    if (query.get('UsePreviousTemplate') === 'true' && stack.deployed !== undefined) return stack.deployed.body;
    throw new AwsError('ValidationError', 'Either Template URL or Template Body must be specified.');
  }

  #checkCapabilities(query: Query, { template }: Deployed): void {
    const given = membersOf(query, 'Capabilities');
    const roles = Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::IAM::'));
    const named = roles.some(({ Properties }) =>
      Object.keys(Properties).some((name) => ['RoleName', 'ManagedPolicyName', 'UserName', 'GroupName'].includes(name)),
    );
    if (roles.length > 0 && !given.includes('CAPABILITY_NAMED_IAM') && (named || !given.includes('CAPABILITY_IAM')))
      throw new AwsError(
        'InsufficientCapabilitiesException',
        `Requires capabilities : [CAPABILITY_${named ? 'NAMED_' : ''}IAM]`,
      );
  }

  #changeSet(query: Query) {
    const found = this.#named(query);
    if (found === undefined)
      throw new AwsError('ChangeSetNotFound', `ChangeSet [${text(query, 'ChangeSetName')}] does not exist`, 404);
    return found;
  }

  #named(query: Query) {
    const name = text(query, 'ChangeSetName');
    const stack = query.get('StackName');
    return (
      this.#changeSets.get(name) ??
      [...this.#changeSets.values()].findLast(
        (set) => set.name === name && (set.stack.name === stack || set.stack.id === stack),
      )
    );
  }

  #describeChangeSet(query: Query): unknown {
    const { id, name, stack, failed, changes, created, tags } = this.#changeSet(query);
    return {
      ChangeSetId: id,
      ChangeSetName: name,
      StackId: stack.id,
      StackName: stack.name,
      CreationTime: created,
      Status: failed === undefined ? 'CREATE_COMPLETE' : 'FAILED',
      StatusReason: failed,
      ExecutionStatus: failed === undefined ? 'AVAILABLE' : 'UNAVAILABLE',
      Changes: changes,
      Tags: tags,
    };
  }

  #executeChangeSet(query: Query): unknown {
    const changeSet = this.#changeSet(query);
    if (changeSet.failed !== undefined)
      throw new AwsError(
        'InvalidChangeSetStatus',
        `ChangeSet [${changeSet.id}] cannot be executed in its current status of [FAILED]`,
      );
    this.#changeSets.delete(changeSet.id);
    // After this answer the stack must be visible as in progress.
    changeSet.stack.status = changeSet.stack.deployed === undefined ? 'CREATE_IN_PROGRESS' : 'UPDATE_IN_PROGRESS';
    this.#start(execute(this.#account, changeSet));
    return {};
  }

  #deleteStack(query: Query): unknown {
    const stack = this.#find(text(query, 'StackName'));
    if (stack === undefined || stack.status === 'DELETE_COMPLETE') return {};
    if (stack.terminationProtection)
      throw new AwsError(
        'ValidationError',
        `Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`,
      );
    stack.status = 'DELETE_IN_PROGRESS';
    this.#start(destroy(this.#account, stack));
    return {};
  }

  #start(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  #protect(query: Query): unknown {
    const stack = this.#stack(text(query, 'StackName'));
    stack.terminationProtection = query.get('EnableTerminationProtection') === 'true';
    return { StackId: stack.id };
  }

  /** The newer request for events, by stack or change set. */
  #describeEvents(query: Query): unknown {
    const name = query.get('StackName');
    const events = name === null ? this.#changeSet(query).stack.events : this.#stack(name).events;
    return { OperationEvents: events.map((event) => ({ ...event, EventType: 'STACK_EVENT' })) };
  }

  #listResources(query: Query): unknown {
    return { StackResourceSummaries: this.#resources(this.#stack(text(query, 'StackName'))) };
  }

  #resources(stack: Stack): unknown[] {
    return [...stack.made].map(([LogicalResourceId, { ref, type }]) => ({
      LogicalResourceId,
      PhysicalResourceId: ref,
      ResourceType: type,
      LastUpdatedTimestamp: stack.created,
      Timestamp: stack.created,
      ResourceStatus: 'CREATE_COMPLETE',
      StackName: stack.name,
      StackId: stack.id,
    }));
  }
}

function describe(stack: Stack): unknown {
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: stack.created,
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    RoleARN: stack.roleArn,
    Outputs: stack.outputs,
    Parameters: Object.entries(stack.deployed?.parameters ?? {}).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    EnableTerminationProtection: stack.terminationProtection,
    Tags: stack.tags,
    NotificationARNs: [],
    DisableRollback: false,
  };
}

function text(query: Query, name: string): string {
  const value = query.get(name);
  if (value === null) throw new AwsError('ValidationError', `${name}: expected a value, got none`);
  return value;
}

function membersOf(query: Query, name: string): string[] {
  const members: string[] = [];
  for (let i = 1; query.has(`${name}.member.${i}`); i += 1) members.push(query.get(`${name}.member.${i}`) ?? '');
  return members;
}

/** The given parameters, and those that keep their previous value. */
function parametersOf(query: Query, stack: Stack): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (let i = 1; query.has(`Parameters.member.${i}.ParameterKey`); i += 1) {
    const name = query.get(`Parameters.member.${i}.ParameterKey`) ?? '';
    const previous =
      query.get(`Parameters.member.${i}.UsePreviousValue`) === 'true' ? stack.deployed?.parameters[name] : undefined;
    const value = query.get(`Parameters.member.${i}.ParameterValue`) ?? previous;
    if (value !== undefined) parameters[name] = value;
  }
  return parameters;
}

function tagsOf(query: Query): Tag[] {
  const tags: Tag[] = [];
  for (let i = 1; query.has(`Tags.member.${i}.Key`); i += 1)
    tags.push({ Key: query.get(`Tags.member.${i}.Key`) ?? '', Value: query.get(`Tags.member.${i}.Value`) ?? '' });
  return tags;
}
