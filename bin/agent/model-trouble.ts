/** Explains why a model didn't answer, and what to do. */
import { EXIT, Failure } from '../operator/failure.ts';
import type { FoundModel } from './model.ts';
import { plain } from './terminal.ts';

export function modelFailure(error: unknown, { id, region }: Pick<FoundModel, 'id' | 'region'>): Failure {
  if (error instanceof Failure) return error;
  const names = [...namesIn(error)];
  const has = (pattern: RegExp): boolean => names.some((name) => pattern.test(name));
  // Bedrock's message names the action, the resource and sometimes the form to fill in. It holds no secret.
  const said = error instanceof Error ? plain(error.message.split('\n', 1)[0] ?? '') : String(error);
  const fail = (what: string, advice: string): Failure =>
    new Failure(`${what}${said === '' ? '' : ` (${said.replace(/\.$/, '')})`}: ${advice}`, EXIT.aws, { cause: error });

  if (has(/^MaxTokens/))
    return new Failure('the answer was cut: the model reached its limit of tokens', EXIT.failed, { cause: error });
  if (has(/^AccessDenied/)) {
    return fail(
      `Bedrock denied ${id} in ${region}`,
      "allow your role bedrock:InvokeModelWithResponseStream on the inference profile and the model behind it; check in the Bedrock console's Model catalog that the account has access (Anthropic asks for a use case once); or choose another with --model",
    );
  }
  if (has(/^ResourceNotFound/)) {
    return fail(
      `Bedrock has no ${id} for this account in ${region}`,
      "open the model in the Bedrock console's Model catalog, where Anthropic's form for the use case is, or choose another with --model",
    );
  }
  if (has(/^Throttl|^ModelThrottledError|^TooManyRequests|^ServiceQuotaExceeded/)) {
    return fail(
      `Bedrock throttles ${id} in ${region}`,
      'ask again in a minute, or raise the quota in the Service Quotas console (Amazon Bedrock)',
    );
  }
  if (has(/^ValidationException/))
    return fail(
      `Bedrock doesn't accept the request to ${id}`,
      'check the id: most models need an inference profile, such as global.… or eu.… before their name; and the model must support tools',
    );
  if (has(/^Expired/)) return fail('the AWS credentials have expired', 'log in again, such as with "aws sso login"');
  if (has(/^(UnrecognizedClient|InvalidSignature|InvalidClientToken|IncompleteSignature|SignatureDoesNotMatch)/))
    return fail("Bedrock doesn't accept these credentials", "check AWS_PROFILE and this machine's clock");
  if (has(/^(ModelNotReady|ServiceUnavailable|InternalServer|ModelStreamError|ModelErrorException|ModelTimeout)/))
    return fail(`Bedrock couldn't answer with ${id}`, 'ask again in a moment');
  if (has(/^ContextWindowOverflow/))
    return fail('the conversation has become too long for the model', 'start a new one');
  if (has(/^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|TimeoutError|EHOSTUNREACH)/))
    return fail(`Bedrock in ${region} can't be reached`, 'check the network and the region');
  return fail(`${id} didn't answer`, names[0] ?? 'unknown error');
}

function* namesIn(error: unknown): Generator<string> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at.name;
    if ('code' in at && typeof at.code === 'string') yield at.code;
  }
}
