/** The same proxies with one of them changed, for an update. */
import { defineDeployments } from '../../lib/deployments.ts';
import { ENTRIES } from './deployments.ts';

export default defineDeployments(
  ENTRIES.map((entry) =>
    entry.name === 'signed' ? { ...entry, idleTimeoutSeconds: 1200, logRetentionDays: 60 } : entry,
  ),
);
