/** Reads a client's secret directly from its Cognito user pool, so that it need not be copied. */
import { UpstreamFailure } from '../base/errors.ts';
import { AWS_CLIENT, awsRefusal } from './aws-client.ts';

/** Loads AWS's client. */
export const warmCognito = (): Promise<unknown> => import('@aws-sdk/client-cognito-identity-provider');

export async function readCognitoClientSecret({
  region,
  userPoolId,
  clientId,
}: {
  readonly region: string;
  readonly userPoolId: string;
  readonly clientId: string;
}): Promise<string> {
  const { CognitoIdentityProviderClient, DescribeUserPoolClientCommand } =
    await import('@aws-sdk/client-cognito-identity-provider');
  const client = new CognitoIdentityProviderClient({ ...AWS_CLIENT, region });
  try {
    const { UserPoolClient } = await client.send(
      new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId }),
    );
    if (UserPoolClient?.ClientSecret !== undefined) return UserPoolClient.ClientSecret;
  } catch (error) {
    throw awsRefusal(error, `could not read the secret of client ${clientId} in user pool ${userPoolId}`, {
      AccessDeniedException: 'allow the execution role cognito-idp:DescribeUserPoolClient on the pool',
      NotAuthorizedException: 'allow the execution role cognito-idp:DescribeUserPoolClient on the pool',
      ResourceNotFoundException: 'there is no such pool or client in that account',
    });
  } finally {
    client.destroy();
  }
  throw new UpstreamFailure(
    'upstream-auth',
    `client ${clientId} in user pool ${userPoolId} has no secret: create a client with one (generateSecret), only such clients can use client credentials`,
  );
}
