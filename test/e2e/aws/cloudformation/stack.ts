/** One stack: what it was deployed from, its resources, and its events. */
import { randomUUID } from 'node:crypto';
import type { Properties, Template, Value } from '../../../cloudformation/template.ts';

/** A created resource. */
export interface Made {
  readonly type: string;
  /** The value of `Ref`. */
  readonly ref: string;
  readonly attributes: Properties;
  /** The requested properties, functions resolved. */
  readonly properties: Properties;
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly Timestamp: Date;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason: string | undefined;
}

export interface StackOutput {
  readonly OutputKey: string;
  readonly OutputValue: string;
  readonly Description: string | undefined;
  readonly ExportName: string | undefined;
}

/** A template and its parameters. */
export interface Deployed {
  readonly body: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stack: Stack;
  readonly deployed: Deployed;
  readonly roleArn: string | undefined;
  readonly tags: readonly Tag[];
  readonly changes: readonly Properties[];
  readonly created: Date;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export class Stack {
  readonly name: string;
  readonly id: string;
  readonly created = new Date();
  status = 'REVIEW_IN_PROGRESS';
  statusReason: string | undefined;
  deployed: Deployed | undefined;
  roleArn: string | undefined;
  tags: readonly Tag[] = [];
  terminationProtection = false;
  outputs: readonly StackOutput[] = [];
  readonly made = new Map<string, Made>();
  /** Deletes what an update in progress has replaced. */
  replaced: (() => Promise<void>)[] = [];
  /** Newest first, as the service lists them. */
  readonly events: StackEvent[] = [];
  #last = 0;

  constructor(name: string, arnPrefix: string) {
    this.name = name;
    this.id = `${arnPrefix}${name}/${randomUUID()}`;
  }

  /** Clients sort by it, so no two events have the same time. */
  #later(): number {
    this.#last = Math.max(Date.now(), this.#last + 1);
    return this.#last;
  }

  become(status: string, reason?: string): void {
    this.status = status;
    this.statusReason = reason;
    this.record(this.name, 'AWS::CloudFormation::Stack', status, reason, this.id);
  }

  record(id: string, type: string, status: string, reason?: string, physical = this.made.get(id)?.ref ?? ''): void {
    this.events.unshift({
      EventId: randomUUID(),
      StackId: this.id,
      StackName: this.name,
      LogicalResourceId: id,
      PhysicalResourceId: physical,
      ResourceType: type,
      Timestamp: new Date(this.#later()),
      ResourceStatus: status,
      ResourceStatusReason: reason,
    });
  }
}

/** The pseudo parameters of a stack in an account and region. */
export function pseudoParameters(
  stack: Stack,
  account: { readonly id: string; readonly region: string },
): Readonly<Record<string, Value>> {
  return {
    'AWS::AccountId': account.id,
    'AWS::Region': account.region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::StackId': stack.id,
    'AWS::NotificationARNs': [],
  };
}
