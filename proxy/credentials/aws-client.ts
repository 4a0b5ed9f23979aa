/** Settings and errors for the AWS SDK's clients that read secrets: rare calls with short timeouts. */
import { UpstreamFailure } from '../base/errors.ts';

/** Two attempts of at most 5 s fit into the time limit for fetching credentials. */
export const AWS_CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/** Uses only the error's name: the SDK's message may quote what was sent or received. */
export function awsRefusal(error: unknown, what: string, advice: Readonly<Record<string, string>>): UpstreamFailure {
  const name = error instanceof Error ? error.name : 'unknown error';
  return new UpstreamFailure(
    'upstream-auth',
    `${what} (${name}): ${advice[name] ?? 'check the execution role, the network and the region'}`,
  );
}
