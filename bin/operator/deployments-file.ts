/** Reads the parts of the deployments file that the operator's commands need: which stacks there are, and where. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fromHere } from '../from-here.ts';
import { PROJECT } from '../project.ts';

/** One entry, without what only the CDK app needs. */
export interface Entry {
  /** The stack's name: NAME in the commands. */
  readonly stack: string;
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** Path of the proxy's config. @default - the config in this package */
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

/** @param file a path. @default - `deployments.ts` of the project; `deployments.json` if there is only that */
export function deploymentsPath(file: string | undefined): string {
  if (file !== undefined) return fromHere(file);
  const [module, json] = [join(PROJECT, 'deployments.ts'), join(PROJECT, 'deployments.json')];
  return !existsSync(module) && existsSync(json) ? json : module;
}

export async function readDeployments(file: string | undefined): Promise<Deployments> {
  const path = deploymentsPath(file);
  const { configOf, loadDeployments, stackNameOf } = await import('../../lib/deployments.ts');
  const { entries, faults, warnings } = await loadDeployments(path);
  return {
    path,
    entries: entries.map(({ deployment }) => ({
      stack: stackNameOf(deployment),
      account: deployment.account,
      region: deployment.region,
      config: configOf(deployment, dirname(path)),
      caFile: deployment.caFile === undefined ? undefined : resolve(dirname(path), deployment.caFile),
      inVpc: deployment.network !== undefined && deployment.network !== 'public',
      image: deployment.artifact !== 'zip',
    })),
    faults,
    warnings,
  };
}
