/** What must come is waited for as long as a busy machine may need. The end is against tests that hang. */
import { vi } from 'vitest';

const { waitFor } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? 60_000);
