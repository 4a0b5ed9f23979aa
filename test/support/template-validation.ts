/** Turns on CDK's own validation of templates, for test files that check its findings. */
import { vi } from 'vitest';

vi.stubEnv('CDK_VALIDATION', undefined);
