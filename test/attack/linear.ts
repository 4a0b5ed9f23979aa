/**
 * The linearity sweep of `test/linear`, with other inputs in each round: eight times the input takes about eight times
 * the steps.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack, Attacking } from './attack.ts';

const ROOT = join(import.meta.dirname, '../..');

export const linear: Attacking = {
  name: 'linear',
  prepare: async (): Promise<Attack> => {
    const folder = await mkdtemp(join(tmpdir(), 'linear-'));
    return {
      with: 'steps as V8 counts them',
      async round(random) {
        const output = join(folder, 'results.json');
        const child = spawn(
          process.execPath,
          [
            join(ROOT, 'node_modules/vitest/vitest.mjs'),
            'run',
            'test/linear/linear.test.ts',
            '--reporter=json',
            `--outputFile=${output}`,
          ],
          { cwd: ROOT, env: { ...process.env, LINEAR_SEED: String(random.below(2 ** 31)) }, stdio: 'ignore' },
        );
        await once(child, 'exit');
        const results = JSON.parse(await readFile(output, 'utf8')) as Results;
        const tests = results.testResults.flatMap(({ assertionResults }) => assertionResults);
        return {
          tried: tests.length,
          faults: tests
            .filter(({ status }) => status === 'failed')
            .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]?.split('\n', 1)[0] ?? ''}`),
        };
      },
      async [Symbol.asyncDispose]() {
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

/** As Jest writes it. */
interface Results {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}
