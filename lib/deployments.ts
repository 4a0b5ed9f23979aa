/** The entries of `deployments.ts`: their type, their names and their faults. */
import { readDeployments } from './deployment/check.ts';
import type { Deployment } from './deployment/entry.ts';

export { configOf } from './deployment/config.ts';
export { type Placed, type Read, readDeployments } from './deployment/check.ts';
export type { CallersFromEntry } from './deployment/callers.ts';
export type { ProxyEndpoint as EndpointEntry } from './common-options.ts';
export type { Deployment } from './deployment/entry.ts';
export type { InboundAuthEntry } from './deployment/inbound-auth.ts';
export { loadDeployments } from './deployment/load.ts';
export { runtimeNameOf, stackNameOf } from './deployment/names.ts';
export type { NetworkEntry } from './deployment/network.ts';
export type { UpstreamAuthEntry } from './deployment/upstream-auth.ts';
export type { UpstreamEntry } from './deployment/upstream.ts';

/** Only gives the list its type. The list is checked when the app builds stacks from it. */
export function defineDeployments(list: readonly Deployment[]): readonly Deployment[] {
  return list;
}

/**
 * Returns all faults of a list, one line each; empty if there are none.
 * @param folder the folder that paths in the list are relative to
 */
export function checkDeployments(list: unknown, folder: string = process.cwd()): readonly string[] {
  return readDeployments(list, folder).faults;
}
