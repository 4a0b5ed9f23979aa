/** CDK's own look at the templates, for the tests of a file that say what it finds, or that it finds nothing. */
import { vi } from 'vitest';

vi.stubEnv('CDK_VALIDATION', undefined);
