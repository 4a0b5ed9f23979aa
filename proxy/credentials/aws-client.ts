/** How AWS's own clients are used for secrets: seldom, with short patience, and with errors that say what to do. */
import { UpstreamFailure } from '../base/errors.ts';

/** Two attempts of at most 5 s stay within what a fetch of credentials may take. */
export const AWS_CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/** By the error's name alone: a message of the SDK may quote what was sent or received. */
export function awsRefusal(error: unknown, what: string, advice: Readonly<Record<string, string>>): UpstreamFailure {
  const name = error instanceof Error ? error.name : 'unknown error';
  return new UpstreamFailure(
    'upstream-auth',
    `${what} (${name}): ${advice[name] ?? 'check the execution role, the network and the region'}`,
  );
}
