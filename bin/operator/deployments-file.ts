/** Reads the parts of the deployments file that the operator's commands need: which stacks there are, and where. */
import { dirname, join, resolve } from 'node:path';
import { ROOT } from '../bundle.ts';
import { fromHere } from '../from-here.ts';

/** One entry, without what only the CDK app needs. */
export interface Entry {
  /** The stack's name: NAME in the commands. */
  readonly stack: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Path of the proxy's config. @default - the repository's config */
  readonly config: string | undefined;
  /** Path of the certificates of private authorities. @default - none */
  readonly caFile: string | undefined;
  /** Reachable from inside a VPC, perhaps only from there. */
  readonly inVpc: boolean;
  /** An image must be built. */
  readonly image: boolean;
}

export interface Deployments {
  readonly path: string;
  /** The entries without faults. */
  readonly entries: readonly Entry[];
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** @param file a path. @default - the file at the root */
export function deploymentsPath(file: string | undefined): string {
  return file === undefined ? join(ROOT, 'deployments.ts') : fromHere(file);
}

export async function readDeployments(file: string | undefined): Promise<Deployments> {
  const path = deploymentsPath(file);
  const { loadDeployments, stackNameOf } = await import('../../lib/deployments.ts');
  const { entries, faults, warnings } = await loadDeployments(path);
  return {
    path,
    entries: entries.map(({ deployment }) => ({
      stack: stackNameOf(deployment),
      account: deployment.account,
      region: deployment.region,
      config: deployment.config === undefined ? undefined : resolve(dirname(path), deployment.config),
      caFile: deployment.caFile === undefined ? undefined : resolve(dirname(path), deployment.caFile),
      inVpc: deployment.network !== undefined && deployment.network !== 'public',
      image: deployment.artifact !== 'zip',
    })),
    faults,
    warnings,
  };
}
