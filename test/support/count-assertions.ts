/** Notes how often each test called `expect`: a claim's test that asserts nothing proves nothing. */
import { afterEach, expect } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    assertions?: number;
  }
}

afterEach(({ task }) => {
  // Tests that run side by side share one count, so theirs isn't known: a claim's test runs alone.
  task.meta.assertions = task.concurrent === true ? 0 : expect.getState().assertionCalls;
});
