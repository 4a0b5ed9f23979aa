/** The resources of one account in one region: the state that all stand-ins share, in memory only. */
import { randomBytes } from 'node:crypto';
import type { Stack } from './cloudformation/stack.ts';
import { AwsError } from './wire.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** The assumed role; undefined for the account's own user. */
  readonly roleArn: string | undefined;
}

export interface PolicyDocument {
  readonly Statement: unknown;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  trust: PolicyDocument;
  /** Inline and attached policies, by name. */
  readonly policies: Map<string, PolicyDocument>;
}

export interface Repository {
  /** Digest of each tag. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, { readonly body: Buffer; readonly type: string }>;
}

export interface LogGroup {
  retentionInDays: number | undefined;
  /** The log messages, by stream. */
  readonly streams: Map<string, string[]>;
}

/** A runtime with the properties of its template, functions resolved. */
export interface AgentRuntime {
  readonly id: string;
  readonly arn: string;
  version: number;
  properties: Readonly<Record<string, unknown>>;
  /** Endpoints besides `DEFAULT`, by name. */
  readonly endpoints: Map<string, { readonly version: number }>;
}

export interface LambdaFunction {
  readonly name: string;
  readonly arn: string;
  readonly handler: string;
  readonly runtime: string;
  readonly roleArn: string;
  readonly code: Buffer;
  readonly environment: Readonly<Record<string, string>>;
}

export class Account {
  readonly id: string;
  readonly region: string;
  readonly buckets = new Map<string, Map<string, Buffer>>();
  readonly repositories = new Map<string, Repository>();
  readonly blobs = new Map<string, Buffer>();
  readonly parameters = new Map<string, string>();
  /** The text of each secret, by its ARN. */
  readonly secrets = new Map<string, string>();
  readonly roles = new Map<string, Role>();
  readonly managedPolicies = new Map<string, PolicyDocument>();
  readonly functions = new Map<string, LambdaFunction>();
  readonly logGroups = new Map<string, LogGroup>();
  readonly runtimes = new Map<string, AgentRuntime>();
  /** Live and deleted ones, by their ARN. */
  readonly stacks = new Map<string, Stack>();
  /** Who waits for the answer to the event of which custom resource. */
  readonly customResourceAnswers = new Map<string, (answer: unknown) => void>();
  /** The address of all services: `http://127.0.0.1:PORT`. */
  endpoint = '';
  /** The password that GetAuthorizationToken returns for the registry. */
  readonly registryPassword = randomBytes(16).toString('hex');
  readonly #credentials = new Map<string, Credentials>();
  /** The account's own user, whose credentials are in the operator's environment. */
  readonly user: Credentials;

  constructor(id: string, region: string) {
    this.id = id;
    this.region = region;
    this.user = this.issue('AKIA', undefined);
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${['iam', 'sts', 's3'].includes(service) ? '' : this.region}:${service === 's3' ? '' : this.id}:${resource}`;
  }

  /** New credentials of a role, as AssumeRole returns them. */
  assume(roleArn: string): Credentials {
    return this.issue('ASIA', roleArn);
  }

  credentialsFor(accessKeyId: string, sessionToken: string | undefined): Credentials | undefined {
    const found = this.#credentials.get(accessKeyId);
    return found !== undefined && found.sessionToken === sessionToken ? found : undefined;
  }

  roleOf(arn: string): Role {
    const role = this.roles.get(arn.slice(arn.lastIndexOf('/') + 1));
    if (role === undefined || role.arn !== arn) throw new AwsError('AccessDenied', `no role ${arn}`, 403);
    return role;
  }

  private issue(prefix: string, roleArn: string | undefined): Credentials {
    const credentials = {
      accessKeyId: prefix + randomBytes(8).toString('hex').toUpperCase(),
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: roleArn === undefined ? undefined : randomBytes(60).toString('base64'),
      roleArn,
    };
    this.#credentials.set(credentials.accessKeyId, credentials);
    return credentials;
  }
}
