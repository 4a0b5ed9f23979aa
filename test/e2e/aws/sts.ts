/** STS: the caller's identity, and assuming a role. */
import type { Account, Credentials } from './account.ts';
import { allows } from './iam.ts';
import { AwsError } from './wire.ts';

export type StsAction = (account: Account, query: URLSearchParams, caller: Credentials) => unknown;

export const STS: Readonly<Record<string, StsAction>> = {
  GetCallerIdentity: (account, _, { roleArn }) => ({
    Account: account.id,
    UserId: 'AIDASTANDIN',
    Arn: roleArn ?? account.arn('iam', 'user/operator'),
  }),
  AssumeRole(account, query) {
    const roleArn = query.get('RoleArn') ?? '';
    const role = account.roleOf(roleArn);
    const trusted = allows([{ Statement: withAccountPrincipals(role.trust.Statement, account.id) }], {
      action: 'sts:AssumeRole',
      resource: '*',
      service: account.id,
    });
    if (!trusted) throw new AwsError('AccessDenied', `not authorized to perform sts:AssumeRole on ${roleArn}`, 403);
    const { accessKeyId, secretAccessKey, sessionToken } = account.assume(roleArn);
    return {
      Credentials: {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
        Expiration: new Date(Date.now() + 3_600_000),
      },
      AssumedRoleUser: {
        Arn: `${account.arn('sts', `assumed-role/${role.name}`)}/${query.get('RoleSessionName')}`,
        AssumedRoleId: `AROASTANDIN:${query.get('RoleSessionName')}`,
      },
    };
  },
};

/** A trust policy names accounts as `AWS` principals: by number, or by the ARN of its root. */
function withAccountPrincipals(statements: unknown, account: string): unknown {
  return (Array.isArray(statements) ? statements : [statements]).map((statement: unknown) => {
    if (typeof statement !== 'object' || statement === null || !('Principal' in statement)) return statement;
    const { Principal } = statement;
    const named =
      typeof Principal === 'object' && Principal !== null && 'AWS' in Principal
        ? [Principal.AWS].flat().map(String)
        : [];
    return {
      ...statement,
      Principal: {
        Service: named.some((name) => name === account || name === `arn:aws:iam::${account}:root`) ? [account] : [],
      },
    };
  });
}
