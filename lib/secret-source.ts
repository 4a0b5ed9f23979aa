/** A secret that a proxy reads at run time: where it is, and what lets a role read it there. Never its value. */
import type { Stack } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SECRET } from './arn.ts';
import { checkArn, checkRegion, type Faults, known } from './faults.ts';

/** What is needed of an `ISecret`. */
export interface SecretRef {
  readonly secretArn: string;
  readonly secretFullArn?: string | undefined;
  readonly encryptionKey?: IKey | undefined;
}

/**
 * - a secret of Secrets Manager: an `ISecret`
 * - its complete ARN, with `#KEY` for one member of a JSON secret
 * - the secret of a Cognito user pool client: `cognito:POOL/CLIENT`, or pool and client
 */
export type UpstreamSecret = SecretRef | string | { readonly userPool: IUserPool; readonly userPoolClient: IUserPoolClient };

export interface BoundSecret {
  /** What the proxy takes as `UPSTREAM_SECRET`. */
  readonly source: string;
  readonly statements: readonly PolicyStatement[];
  readonly cognito: boolean;
}

export function bindSecret(stack: Stack, secret: UpstreamSecret, encryptionKey: IKey | undefined, where: string, faults: Faults): BoundSecret {
  if (typeof secret === 'string') return secret.startsWith('cognito:') ? cognito(stack, secret, where, faults) : secretArn(stack, secret, encryptionKey, where, faults);
  if ('userPool' in secret) return userPoolClient(secret.userPool.userPoolArn, `cognito:${secret.userPool.userPoolId}/${secret.userPoolClient.userPoolClientId}`);
  return { source: secret.secretArn, statements: readStatements(stack, resourceOf(secret), encryptionKey ?? secret.encryptionKey), cognito: false };
}

/** The statements that let a role read one secret. */
export function readStatements(stack: Stack, resource: string, encryptionKey: IKey | undefined): PolicyStatement[] {
  const read = new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [resource] });
  const region = known(resource) ? SECRET.pattern.exec(resource)?.[1] : undefined;
  return encryptionKey === undefined ? [read] : [read, decrypt(stack, region ?? stack.region, encryptionKey)];
}

/** The ARN that IAM compares: one that was looked up by name lacks the six characters at its end. */
export function resourceOf(secret: SecretRef): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** Decryption with one key, and only on behalf of Secrets Manager. */
function decrypt(stack: Stack, region: string, key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:Decrypt'],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.${stack.urlSuffix}` } },
  });
}

function secretArn(stack: Stack, text: string, encryptionKey: IKey | undefined, where: string, faults: Faults): BoundSecret {
  const [arn = text] = text.split('#');
  // What isn't an ARN may be the secret itself, by mistake: it is not repeated.
  if (known(text) && !text.startsWith('arn:')) faults.add(`${where}: expected where the secret is (a Secrets Manager secret or its complete ARN, or cognito:POOL/CLIENT), got something else`);
  else checkArn(arn, SECRET, where, faults);
  return { source: text, statements: readStatements(stack, arn, encryptionKey), cognito: false };
}

function cognito(stack: Stack, text: string, where: string, faults: Faults): BoundSecret {
  const [, pool = '', client = ''] = /^cognito:([^/]*)\/(.*)$/.exec(text) ?? [];
  const [, region] = /^([a-z0-9-]+)_[0-9A-Za-z]+$/.exec(pool) ?? [];
  if (pool === '' || client === '' || (known(pool) && region === undefined) || (known(client) && !/^[\w+]+$/.test(client))) {
    faults.add(`${where}: expected cognito:POOL/CLIENT such as cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE, got ${JSON.stringify(text)}`);
  }
  if (region !== undefined) checkRegion(region, where, faults);
  return userPoolClient(stack.formatArn({ service: 'cognito-idp', resource: 'userpool', resourceName: pool, ...(region === undefined ? {} : { region }) }), text);
}

/** The clients of a pool have no ARN of their own: the pool's is the narrowest there is. */
function userPoolClient(userPoolArn: string, source: string): BoundSecret {
  return { source, statements: [new PolicyStatement({ actions: ['cognito-idp:DescribeUserPoolClient'], resources: [userPoolArn] })], cognito: true };
}
