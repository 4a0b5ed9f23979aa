/** An environment without AWS settings, so that those of the machine that runs the tests have no effect. */
import { afterEach, beforeEach, vi } from 'vitest';

/** The SDK's variables that could come from outside, and their values in a test by default. */
const NONE: Readonly<Record<string, string | undefined>> = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_REGION: undefined,
  AWS_BEARER_TOKEN_BEDROCK: undefined,
  AWS_WEB_IDENTITY_TOKEN_FILE: undefined,
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: undefined,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: undefined,
  AWS_CONFIG_FILE: '/nonexistent/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
  INBOUND_SECRET: undefined,
  INBOUND_CLIENT_ID: undefined,
  INBOUND_SCOPES: undefined,
  NO_COLOR: '1',
};

export function withoutAccount(): void {
  beforeEach(() => environment(NONE));
  afterEach(() => {
    vi.unstubAllEnvs();
  });
}

/** Sets variables until the end of the test. */
export function environment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}
