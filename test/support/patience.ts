/** How long to wait for something that must happen on a busy machine. The limit is only for tests that hang. */
import { vi } from 'vitest';

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? 60_000);
