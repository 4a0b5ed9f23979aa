/** Runs the CDK CLI as an operator would, in an environment that contains only the stand-ins. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FakeAws } from './aws/server.ts';

export const ROOT = join(import.meta.dirname, '../..');
const LONGEST_MS = 400_000;

export interface CdkResult {
  readonly code: number | null;
  readonly output: string;
}

export interface Cdk {
  (...parameters: readonly string[]): Promise<CdkResult>;
}

/** @param scratch the folder for the CLI's caches and the synthesized app */
export function cdkAgainst(aws: FakeAws, scratch: string, environment: Readonly<Record<string, string>>): Cdk {
  const home = join(scratch, 'cdk-home');
  mkdirSync(home, { recursive: true });
  return async (...parameters) => {
    const child = spawn(
      process.execPath,
      [join(ROOT, 'node_modules/aws-cdk/bin/cdk'), ...parameters, '--no-notices', '--no-version-reporting'],
      {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          TMPDIR: scratch,
          AWS_ENDPOINT_URL: aws.url,
          AWS_ACCESS_KEY_ID: aws.account.user.accessKeyId,
          AWS_SECRET_ACCESS_KEY: aws.account.user.secretAccessKey,
          AWS_REGION: aws.account.region,
          AWS_DEFAULT_REGION: aws.account.region,
          AWS_EC2_METADATA_DISABLED: 'true',
          AWS_CONFIG_FILE: join(home, 'no-config'),
          AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-credentials'),
          // It caches account ids by access key.
          CDK_HOME: home,
          CDK_DISABLE_CLI_TELEMETRY: 'true',
          CI: 'true',
          ...environment,
        },
      },
    );
    const overdue = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => void (output += chunk));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(overdue);
    return { code, output };
  };
}
