/** Runs a function's code from its zip file in its own process, with its role's credentials and this machine as AWS. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account, LambdaFunction } from './account.ts';
import { AwsError } from './wire.ts';
import { unzip } from './zip.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LONGEST_MS = 30_000;

export async function invoke(
  account: Account,
  target: LambdaFunction,
  event: unknown,
): Promise<{ readonly log: string }> {
  if (!target.runtime.startsWith('nodejs'))
    throw new AwsError(
      'ValidationError',
      `${target.name} runs on ${target.runtime}: only Node.js functions can be run here`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'e2e-function-'));
  try {
    await unzip(target.code, folder);
    // The Lambda service includes the AWS SDK.
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const credentials = account.assume(target.roleArn);
    const child = spawn(process.execPath, [join(import.meta.dirname, 'lambda-host.ts'), folder, target.handler], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ...target.environment,
        AWS_LAMBDA_FUNCTION_NAME: target.name,
        AWS_REGION: account.region,
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
    });
    const overdue = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    let log = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => void (log += chunk));
    child.stdin.end(JSON.stringify(event));
    await new Promise((resolve) => child.once('close', resolve));
    clearTimeout(overdue);
    return { log };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
