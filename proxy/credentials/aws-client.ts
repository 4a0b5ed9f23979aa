/** Settings and errors for the AWS SDK's clients. Those that read secrets make rare calls with short timeouts. */
import { UpstreamFailure } from '../base/errors.ts';
import { NetworkAgent } from '../network/agent.ts';

/** Two attempts of at most 5 s fit into the time limit for fetching credentials. */
export const AWS_CLIENT = {
  maxAttempts: 2 as const,
  /** Made for each client that these are spread into: a client that is destroyed ends the connections of its agent. */
  get requestHandler() {
    return { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true, ...awsConnections() };
  },
};

/** For the `requestHandler` of a client: connects as this process does. */
export function awsConnections(): { readonly httpsAgent: NetworkAgent } {
  // The SDK's own settings for agents.
  return { httpsAgent: new NetworkAgent({ keepAlive: true, maxSockets: 50 }) };
}

/** Uses only the error's name: the SDK's message may quote what was sent or received. */
export function awsRefusal(error: unknown, what: string, advice: Readonly<Record<string, string>>): UpstreamFailure {
  const name = error instanceof Error ? error.name : 'unknown error';
  return new UpstreamFailure(
    'upstream-auth',
    `${what} (${name}): ${advice[name] ?? 'check the execution role, the network and the region'}`,
  );
}
