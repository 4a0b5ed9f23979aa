/** The execution role's own identity as a token that STS signs, for issuers and services that trust the AWS account. */
import { UpstreamFailure } from '../base/errors.ts';
import { AWS_CLIENT, awsRefusal } from './aws-client.ts';
import type { WebIdentity } from './web-identity-form.ts';
import { WEB_IDENTITY_SECONDS } from './web-identity-form.ts';

/** STS has no such tokens at its global endpoint, so the region is needed. */
export async function webIdentityToken({ region, audience, algorithm }: WebIdentity): Promise<string> {
  const { STSClient, GetWebIdentityTokenCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ ...AWS_CLIENT, region });
  let token: string | undefined;
  try {
    const answered = await client.send(
      new GetWebIdentityTokenCommand({
        Audience: [audience],
        SigningAlgorithm: algorithm,
        DurationSeconds: WEB_IDENTITY_SECONDS,
      }),
    );
    token = answered.WebIdentityToken;
  } catch (error) {
    const denied = `allow the execution role sts:GetWebIdentityToken for the audience ${audience}`;
    throw awsRefusal(error, "could not get a token of the role's identity", {
      AccessDenied: denied,
      AccessDeniedException: denied,
      OutboundWebIdentityFederationDisabledException:
        'enable it once in this account: aws iam enable-outbound-web-identity-federation',
      OutboundWebIdentityFederationDisabled:
        'enable it once in this account: aws iam enable-outbound-web-identity-federation',
      SessionDurationEscalationException: 'the credentials are about to expire: the next call asks again',
      ExpiredTokenException: 'the credentials have expired: the next call asks again',
    });
  } finally {
    client.destroy();
  }
  if (token === undefined || token === '')
    throw new UpstreamFailure('upstream-auth', "STS gave no token of the role's identity, expected one");
  return token;
}
