/** Short time limits, for the faults that are about time; the usual ones for all others. */
import type { Limits, UpstreamConfig } from '../../../proxy/config/config.ts';

const isShort = process.env['FAULTS_LIMITS'] === 'short';

export const limits: Limits = isShort ? { headersMs: 2_500, requestMs: 2_500 } : {};
export const upstreams: Readonly<Record<string, UpstreamConfig>> = {
  default: isShort ? { connectMs: 2_500, firstByteMs: 2_500, idleMs: 2_500 } : {},
};
