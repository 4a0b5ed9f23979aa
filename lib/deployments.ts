/** The entries of `deployments.ts`: their type, their names, and everything that is wrong with them. */
import { readDeployments } from './deployment/check.ts';
import type { Deployment } from './deployment/entry.ts';

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

/** Gives the list its type, and nothing else: it is checked as a whole when something is made of it. */
export function defineDeployments(list: readonly Deployment[]): readonly Deployment[] {
  return list;
}

/**
 * Everything that is wrong with a list, in words, one line each; empty where nothing is.
 * @param folder what paths in it are relative to
 */
export function checkDeployments(list: unknown, folder: string = process.cwd()): readonly string[] {
  return readDeployments(list, folder).faults;
}
