/** A secret that a proxy reads at run time: its place, and the permission to read it. Never its value. */
import type { Stack } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { KEY, SECRET } from './arn.ts';
import { checkArn, checkRegion, checkText, type Faults, known } from './faults.ts';
import { boundSecret, type KeyRef, keyStatements, type SecretRef } from './resource-ref.ts';
import { TEXTS } from './rules/texts.ts';

/**
 * - a secret of Secrets Manager: an `ISecret`
 * - its complete ARN, with `#KEY` for one member of a JSON secret
 * - the secret of a Cognito user pool client: `cognito:POOL/CLIENT`, or pool and client
 */
export type UpstreamSecret =
  | SecretRef
  | string
  | { readonly userPool: IUserPool; readonly userPoolClient: IUserPoolClient };

/** The options about a secret that several ways have. */
export interface SecretOptions {
  /** The place of the secret. The proxy reads it at run time. */
  readonly secret: UpstreamSecret;
  /**
   * The KMS key of a secret of Secrets Manager: an `IKey`, or `{ keyArn }`.
   * @default - the secret's own if it is known; else AWS's
   */
  readonly encryptionKey?: KeyRef;
}

/** What a secret in another account needs, for warnings. */
export const SECRET_ELSEWHERE = "that secret's resource policy and its key must allow the execution role";

export interface BoundSecret {
  /** The value of `UPSTREAM_SECRET`. */
  readonly source: string;
  readonly statements: readonly PolicyStatement[];
  readonly cognito: boolean;
}

/** Secrets Manager uses keys of the secret's own region. Each ARN has its own rule besides. */
export function keyRegionFault(secretArn: string, keyArn: string): string | undefined {
  if (!SECRET.pattern.test(secretArn.split('#', 1)[0] ?? '') || !KEY.pattern.test(keyArn)) return undefined;
  const [expected, got] = [secretArn, keyArn].map((arn) => {
    const [, partition, , region] = arn.split(':');
    return `arn:${partition}:kms:${region}:…`;
  });
  return expected === got ? undefined : `expected a key where the secret is (${expected}), got ${got}`;
}

export function bindSecret(
  stack: Stack,
  { secret, encryptionKey, ...rest }: SecretOptions,
  where: string,
  faults: Faults,
): BoundSecret {
  rest satisfies Record<string, never>;
  const bound = boundBy(stack, secret, encryptionKey, `${where}: secret`, faults);
  if (encryptionKey !== undefined) checkKey(stack, encryptionKey, bound, `${where}: encryptionKey`, faults);
  return bound;
}

function checkKey(
  stack: Stack,
  { keyArn }: KeyRef,
  { source, cognito }: BoundSecret,
  where: string,
  faults: Faults,
): void {
  checkArn(keyArn, KEY, where, stack, faults);
  if (cognito) faults.add(`${where}: expected none for the secret of a Cognito client, which is under no key of yours`);
  const fault = known(keyArn) && known(source) ? keyRegionFault(source, keyArn) : undefined;
  if (fault !== undefined) faults.add(`${where}: ${fault}`);
}

function boundBy(
  stack: Stack,
  secret: UpstreamSecret,
  encryptionKey: KeyRef | undefined,
  where: string,
  faults: Faults,
): BoundSecret {
  if (typeof secret === 'string')
    return secret.startsWith('cognito:')
      ? cognito(stack, secret, where, faults)
      : secretArn(stack, secret, encryptionKey, where, faults);
  if ('userPool' in secret)
    return userPoolClient(
      userPoolArn(stack, secret.userPool),
      `cognito:${secret.userPool.userPoolId}/${secret.userPoolClient.userPoolClientId}`,
    );
  return {
    source: secret.secretArn,
    statements: readStatements(stack, {
      secretArn: secret.secretArn,
      secretFullArn: secret.secretFullArn,
      encryptionKey: encryptionKey ?? secret.encryptionKey,
    }),
    cognito: false,
  };
}

/** The statements that let a role read one secret. */
function readStatements(stack: Stack, secret: SecretRef): PolicyStatement[] {
  const bound = boundSecret(secret);
  const region = known(bound.resource) ? SECRET.pattern.exec(bound.resource)?.[1] : undefined;
  return [
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [bound.resource] }),
    ...keyStatements(stack, bound, region ?? stack.region),
  ];
}

function secretArn(
  stack: Stack,
  text: string,
  encryptionKey: KeyRef | undefined,
  where: string,
  faults: Faults,
): BoundSecret {
  const [arn = text] = text.split('#');
  // A text that isn't an ARN may be the secret itself by mistake, so it is not repeated.
  if (known(text) && !text.startsWith('arn:'))
    faults.add(
      `${where}: expected where the secret is (a Secrets Manager secret or its complete ARN, or cognito:POOL/CLIENT), got something else`,
    );
  else checkArn(arn, SECRET, where, stack, faults);
  return {
    source: text,
    statements: readStatements(stack, { secretArn: arn, secretFullArn: arn, encryptionKey }),
    cognito: false,
  };
}

function cognito(stack: Stack, text: string, where: string, faults: Faults): BoundSecret {
  const [, pool = '', client = ''] = /^cognito:([^/]*)\/([^]*)$/.exec(text) ?? [];
  const [, region] = TEXTS.userPoolId.pattern.exec(pool) ?? [];
  if (!text.includes('/')) {
    faults.add(
      `${where}: expected cognito:POOL/CLIENT such as cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE, got ${JSON.stringify(text)}`,
    );
  } else {
    checkText(pool, TEXTS.userPoolId, where, faults);
    checkText(client, TEXTS.poolClient, where, faults);
  }
  if (region !== undefined) checkRegion(region, where, faults);
  return userPoolClient(
    stack.formatArn({
      service: 'cognito-idp',
      resource: 'userpool',
      resourceName: pool,
      ...(region === undefined ? {} : { region }),
    }),
    text,
  );
}

/** A pool's id begins with its region. For a pool that was imported by its id, CDK assumes the stack's. */
export function userPoolRegion({ userPoolId, env }: IUserPool): string {
  return (known(userPoolId) ? /^([a-z0-9-]+)_/.exec(userPoolId)?.[1] : undefined) ?? env.region;
}

function userPoolArn(stack: Stack, userPool: IUserPool): string {
  const region = userPoolRegion(userPool);
  return region === userPool.env.region
    ? userPool.userPoolArn
    : stack.formatArn({
        service: 'cognito-idp',
        region,
        account: userPool.env.account,
        resource: 'userpool',
        resourceName: userPool.userPoolId,
      });
}

/** The clients of a pool have no ARN; the pool's ARN is the narrowest there is. */
function userPoolClient(userPoolArn: string, source: string): BoundSecret {
  return {
    source,
    statements: [new PolicyStatement({ actions: ['cognito-idp:DescribeUserPoolClient'], resources: [userPoolArn] })],
    cognito: true,
  };
}
