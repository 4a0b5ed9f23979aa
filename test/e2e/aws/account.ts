/** What one account holds in one region: the state that all the stand-ins share. Nothing outlives the process. */
import { randomBytes } from 'node:crypto';
import type { Stack } from './cloudformation/stack.ts';
import { AwsError } from './wire.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
  /** The role that was assumed; undefined for the account's own user. */
  readonly roleArn: string | undefined;
}

export interface PolicyDocument {
  readonly Statement: unknown;
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  trust: PolicyDocument;
  /** Inline and attached policies, by the name they were given. */
  readonly policies: Map<string, PolicyDocument>;
}

export interface Repository {
  /** Digest of each tag. */
  readonly tags: Map<string, string>;
  readonly manifests: Map<string, { readonly body: Buffer; readonly type: string }>;
}

export interface LogGroup {
  retentionInDays: number | undefined;
  /** What was written, by stream. */
  readonly streams: Map<string, string[]>;
}

/** A runtime as the template, with its functions resolved, asked for it. */
export interface AgentRuntime {
  readonly id: string;
  readonly arn: string;
  version: number;
  properties: Readonly<Record<string, unknown>>;
  /** Endpoints beside `DEFAULT`, by name. */
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
  readonly roles = new Map<string, Role>();
  readonly managedPolicies = new Map<string, PolicyDocument>();
  readonly functions = new Map<string, LambdaFunction>();
  readonly logGroups = new Map<string, LogGroup>();
  readonly runtimes = new Map<string, AgentRuntime>();
  /** Live and deleted ones, by their ARN. */
  readonly stacks = new Map<string, Stack>();
  /** Who waits for the answer to which custom resource's event. */
  readonly customResourceAnswers = new Map<string, (answer: unknown) => void>();
  /** Where all of it is served: `http://127.0.0.1:PORT`. */
  endpoint = '';
  /** What GetAuthorizationToken gives to log in to the registry. */
  readonly registryPassword = randomBytes(16).toString('hex');
  readonly #credentials = new Map<string, Credentials>();
  /** The account's own user: what the operator's environment holds. */
  readonly user: Credentials;

  constructor(id: string, region: string) {
    this.id = id;
    this.region = region;
    this.user = this.issue('AKIA', undefined);
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${['iam', 'sts', 's3'].includes(service) ? '' : this.region}:${service === 's3' ? '' : this.id}:${resource}`;
  }

  /** Fresh credentials of a role, as AssumeRole gives them. */
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
