/** The environment that the platform gives to a container: the template's, and the platform's additions. */
import { asText, isObject } from '../../cloudformation/template.ts';
import type { AgentRuntime } from '../aws/account.ts';

export interface Surroundings {
  readonly region: string;
  /** The address of the role's credentials. */
  readonly metadata: string;
  /** The upstream on loopback. */
  readonly upstream: string;
  /** The issuer of the upstream's tokens on loopback. @default - there is none */
  readonly issuer?: string;
  /** The address of all AWS services. @default - none is called */
  readonly aws?: string;
}

/** What differs from the template: the upstream, which is on this machine, and its issuer. */
const REPLACED = ['UPSTREAM_ARN', 'UPSTREAM_URL'] as const;

export function environmentOf(
  runtime: AgentRuntime,
  { region, metadata, upstream, issuer, aws }: Surroundings,
): { readonly environment: Record<string, string>; readonly replaced: string } {
  const declared = runtime.properties['EnvironmentVariables'];
  const variables = Object.fromEntries(
    Object.entries(isObject(declared) ? declared : {}).map(([name, value]) => [name, asText(value)]),
  );
  const name = REPLACED.find((name) => variables[name] !== undefined);
  if (name === undefined)
    throw new Error(
      `expected ${REPLACED.join(' or ')} in the environment of ${runtime.id}, got ${Object.keys(variables).join(', ')}`,
    );
  const replaced = `${name}=${variables[name]} is replaced by UPSTREAM_URL=${upstream}`;
  delete variables[name];
  return {
    environment: {
      ...variables,
      UPSTREAM_URL: upstream,
      ...(issuer === undefined ? {} : { UPSTREAM_ISSUER: issuer }),
      ...(aws === undefined ? {} : { AWS_ENDPOINT_URL: aws }),
      AWS_REGION: region,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata,
    },
    replaced,
  };
}
