/** Reads a secret from AWS Secrets Manager through the execution role. */
import { UpstreamFailure } from '../base/errors.ts';
import { AWS_CLIENT, awsRefusal } from './aws-client.ts';

/** The keys tried in a JSON secret without `#KEY`. */
const DEFAULT_KEYS = ['clientSecret', 'client_secret', 'apiKey', 'api_key', 'token', 'secret'] as const;

export async function readSecretsManager({
  arn,
  region,
  key,
}: {
  readonly arn: string;
  readonly region: string;
  readonly key: string | undefined;
}): Promise<string> {
  return memberOf(await readWholeSecret({ arn, region }), key, arn);
}

/** Loads AWS's client. */
export const warmSecretsManager = (): Promise<unknown> => import('@aws-sdk/client-secrets-manager');

/** The secret's text, without interpretation. */
export async function readWholeSecret({
  arn,
  region,
}: {
  readonly arn: string;
  readonly region: string;
}): Promise<string> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({ ...AWS_CLIENT, region });
  let text: string | undefined;
  try {
    text = (await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
  } catch (error) {
    throw awsRefusal(error, `could not read the secret ${arn}`, {
      AccessDeniedException:
        'allow the execution role secretsmanager:GetSecretValue on it, and kms:Decrypt if it has its own key',
      ResourceNotFoundException: 'it does not exist in that account and region, or has no value yet',
      DecryptionFailure: 'allow the execution role kms:Decrypt on its key',
    });
  } finally {
    client.destroy();
  }
  if (text === undefined || text === '')
    throw new UpstreamFailure('upstream-auth', `the secret ${arn} is binary or empty, expected text`);
  return text;
}

/**
 * A plain text is the secret itself. In a JSON object it is the member named by `#KEY`, or the only one with a usual
 * name.
 */
function memberOf(text: string, key: string | undefined, arn: string): string {
  const members = jsonObject(text);
  if (members === undefined) {
    if (key === undefined) return text;
    throw new UpstreamFailure(
      'upstream-auth',
      `the secret ${arn} is plain text, expected a JSON object with the key ${JSON.stringify(key)}: leave out #KEY to use the whole text`,
    );
  }
  const wanted = key === undefined ? DEFAULT_KEYS.filter((name) => members.has(name)) : [key];
  const only = wanted.length === 1 ? wanted[0] : undefined;
  const value = only === undefined ? undefined : members.get(only);
  if (typeof value === 'string' && value !== '') return value;
  const expected =
    key === undefined
      ? `exactly one of the keys ${DEFAULT_KEYS.join(', ')}`
      : `a text under the key ${JSON.stringify(key)}`;
  throw new UpstreamFailure(
    'upstream-auth',
    `the secret ${arn} is a JSON object, expected ${expected}: append #KEY to UPSTREAM_SECRET to say which`,
  );
}

function jsonObject(text: string): ReadonlyMap<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
  } catch {
    return undefined; // a plain text that starts with a brace
  }
}
