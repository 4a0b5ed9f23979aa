/** Counts how often each test called `expect`: a claim's test that asserts nothing proves nothing. */
import { afterEach, expect } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    assertions?: number;
  }
}

afterEach(({ task }) => {
  // Tests that run at the same time share one count, so theirs is unknown. A claim's test therefore runs alone.
  task.meta.assertions = task.concurrent === true ? 0 : expect.getState().assertionCalls;
});
