/**
 * Fails a run in which a claim's test is missing, was skipped, or asserted nothing. A run of some files checks only
 * their claims.
 */
import { join, relative } from 'node:path';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { CLAIMS_PAGE, claimsIn, type Ran, unproved } from './claims.ts';

const root = join(import.meta.dirname, '..', '..');

export default class ClaimsReporter implements Reporter {
  #picked = false;

  onInit(vitest: Vitest): void {
    this.#picked = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (this.#picked) return;
    const faults = unproved(claimsIn(root), modules.flatMap(ranIn));
    if (faults.length === 0) return;
    console.error(
      `\n${CLAIMS_PAGE}: ${faults.length} claims are not proved by this run\n${faults.map((fault) => `  ${fault}`).join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}

/** A claim may name a whole suite: each of its tests then counts under the suite's title, too. */
function ranIn(module: TestModule): Ran[] {
  const file = relative(root, module.moduleId).replaceAll('\\', '/');
  return [...module.children.allTests()].flatMap((test) =>
    titlesOf(test).map((title) => ({
      file,
      title,
      state: test.result().state,
      assertions: test.meta().assertions ?? 0,
    })),
  );
}

function titlesOf(test: TestCase): string[] {
  const titles = [test.name];
  for (let at: TestCase['parent'] = test.parent; at.type === 'suite'; at = at.parent) titles.push(at.name);
  return titles;
}
