/**
 * Before a mutant's tests. They wait long enough that a busy machine kills no mutant, and so short that one which never
 * answers costs little. `vitest.config.ts` says the same of `expect.poll`.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { vi } from 'vitest';
import { fileOf } from './tests-variable.ts';

// A smaller example of the same failure says nothing more about a mutant, and takes minutes to find.
fc.configureGlobal({ endOnFailure: true });

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? 4_000);

// A file that the proxy loads on first use would be loaded by the first test that needs it: only that test would then be run
// for what stands at the top of the file.
const file = fileOf(process.env);
if (file !== undefined) {
  const path = join(import.meta.dirname, '..', '..', 'proxy', `${file}.ts`);
  await import(/* @vite-ignore */ path);
}
