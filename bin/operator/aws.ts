/** Options for AWS's clients in the operator's commands, and messages for AWS's errors. */
import { AWS_CLIENT } from '../../proxy/credentials/aws-client.ts';
import { EXIT, Failure } from './failure.ts';

/** Options for any client. Without a region, AWS's own configuration applies (AWS_REGION, the profile). */
export function clientOptions(region: string | undefined): typeof AWS_CLIENT & { readonly region?: string } {
  return { ...AWS_CLIENT, ...(region === undefined ? {} : { region }) };
}

/** AWS's name of an error; empty if it isn't AWS's. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Whether AWS says that the caller may not do this. */
export function isDenied(error: unknown): boolean {
  return /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|NotAuthorizedException|AuthorizationError)$/.test(
    nameOf(error),
  );
}

/**
 * An AWS client's error as a message for a person.
 * @param doing what was tried, as in `could not …`
 * @param action the IAM action that it needs
 */
export function awsFailure(error: unknown, doing: string, action: string): Failure {
  if (error instanceof Failure) return error;
  const name = nameOf(error);
  const failure = (reason: string): Failure => new Failure(`could not ${doing}: ${reason}`, EXIT.aws, { cause: error });
  if (isDenied(error)) return failure(`these credentials may not; they need ${action}`);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return failure(
      'no AWS credentials were found: set AWS_PROFILE (after "aws sso login" if it uses single sign-on), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  }
  if (/^Expired|ExpiredToken|RequestExpired/.test(name))
    return failure('the AWS credentials have expired: log in again, such as with "aws sso login"');
  if (
    /^(UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature(Exception)?|AuthFailure)$/.test(
      name,
    )
  ) {
    return failure(
      `AWS doesn't accept these credentials (${name}): check AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and this machine's clock`,
    );
  }
  if (/Throttling|TooManyRequests/.test(name)) return failure(`AWS asks to slow down (${name}): try again in a minute`);
  if (name === 'OptInRequired' || name === 'SubscriptionRequiredException')
    return failure(`the account is not signed up for the service in this region (${name})`);
  const code = codeOf(error);
  if (code !== undefined)
    return failure(
      `no connection (${code}): check the network, a proxy that it may need, and that the region exists and has the service`,
    );
  if (error instanceof Error && /region is missing/i.test(error.message))
    return failure('no region is known: give --region, or set AWS_REGION');
  return failure(error instanceof Error ? `${name}: ${error.message.split('\n', 1)[0] ?? ''}` : String(error));
}

/** The code of a failed connection, also if it is the cause of the error; undefined if there was an answer. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'TimeoutError') return 'timeout';
  const code =
    'code' in error ? error.code : error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;
  return typeof code === 'string' &&
    /^(E[A-Z]+|UND_ERR_\w+|CERT_\w+|SELF_SIGNED\w*|UNABLE_TO_\w+|DEPTH_ZERO\w*)$/.test(code)
    ? code
    : undefined;
}
