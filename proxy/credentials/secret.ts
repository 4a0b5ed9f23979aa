/** Parses the location of the upstream's secret (`UPSTREAM_SECRET`), and reads it at run time. */
import { readFile } from 'node:fs/promises';
import { UpstreamFailure } from '../base/errors.ts';

export type SecretSource =
  | {
      readonly kind: 'secrets-manager';
      readonly arn: string;
      readonly region: string;
      readonly key: string | undefined;
    }
  | { readonly kind: 'cognito'; readonly region: string; readonly userPoolId: string; readonly clientId: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'env'; readonly name: string };

const EXPECTED =
  'expected arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME (with #KEY for one member of a JSON secret), cognito:POOL/CLIENT, file:PATH or env:NAME';

/**
 * Parses the text of `UPSTREAM_SECRET`. The error doesn't repeat the text, since a user may have put the secret
 * itself there. `onWarning` is called for sources that are for local use only.
 */
export function parseSecretSource(
  text: string,
  onWarning: (message: string) => void = () => {},
): { readonly source: SecretSource } | { readonly error: string } {
  if (text.startsWith('arn:')) {
    const [, region, , name, key] =
      /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:([\w/+=.@!-]+)(?:#(.+))?$/.exec(text) ?? [];
    if (region === undefined || name === undefined) return { error: `got an ARN that is not a secret's, ${EXPECTED}` };
    const arn = key === undefined ? text : text.slice(0, -key.length - 1);
    return { source: { kind: 'secrets-manager', arn, region, key } };
  }
  if (text.startsWith('cognito:')) {
    const [, region, id, clientId] = /^cognito:([a-z0-9-]+)_([0-9A-Za-z]+)\/([\w+]+)$/.exec(text) ?? [];
    if (region === undefined || id === undefined || clientId === undefined)
      return {
        error: `got cognito: without a pool and a client, expected cognito:POOL/CLIENT such as cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE`,
      };
    return { source: { kind: 'cognito', region, userPoolId: `${region}_${id}`, clientId } };
  }
  if (text.startsWith('file:')) {
    const path = text.slice('file:'.length);
    if (path === '') return { error: 'got file: without a path, expected file:PATH' };
    onWarning(
      'the upstream secret comes from a file: for local use only, deploy with a Secrets Manager ARN or cognito:POOL/CLIENT',
    );
    return { source: { kind: 'file', path } };
  }
  if (text.startsWith('env:')) {
    const name = text.slice('env:'.length);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      return { error: 'got env: without the name of a variable, expected env:NAME' };
    onWarning(
      'the upstream secret comes from an environment variable: for local use only, deploy with a Secrets Manager ARN or cognito:POOL/CLIENT',
    );
    return { source: { kind: 'env', name } };
  }
  return { error: `got another text, ${EXPECTED}` };
}

/**
 * Reads the secret, at each call again. Throws {@link UpstreamFailure}, whose message names the location, never the
 * content.
 */
export async function readSecret(source: SecretSource): Promise<string> {
  switch (source.kind) {
    case 'secrets-manager':
      return (await import('./secrets-manager.ts')).readSecretsManager(source);
    case 'cognito':
      return (await import('./cognito.ts')).readCognitoClientSecret(source);
    case 'file':
      return nonEmpty(await readLine(source.path), `the file ${JSON.stringify(source.path)}`);
    case 'env':
      return nonEmpty(process.env[source.name] ?? '', `the environment variable ${source.name}`);
  }
}

/** The same, but a JSON secret without `#KEY` is its whole text. */
export async function readSecretText(source: SecretSource): Promise<string> {
  if (source.kind === 'secrets-manager' && source.key === undefined)
    return (await import('./secrets-manager.ts')).readWholeSecret(source);
  return readSecret(source);
}

/** Loads what reading the secret takes; reads nothing. */
export async function warmSecret({ kind }: SecretSource): Promise<void> {
  if (kind === 'secrets-manager') await (await import('./secrets-manager.ts')).warmSecretsManager();
  if (kind === 'cognito') await (await import('./cognito.ts')).warmCognito();
}

async function readLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, ''); // editors end the last line
  } catch (error) {
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown error';
    throw new UpstreamFailure(
      'upstream-auth',
      `could not read the upstream secret from the file ${JSON.stringify(path)} (${code})`,
    );
  }
}

function nonEmpty(value: string, where: string): string {
  if (value === '')
    throw new UpstreamFailure('upstream-auth', `got no upstream secret from ${where}: it is missing or empty`);
  return value;
}
