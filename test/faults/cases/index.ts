/** All faults, in the order of the table. */
import type { Fault } from '../fault.ts';
import { BREAKING } from './breaking.ts';
import { CLIENTS } from './clients.ts';
import { CONNECTION } from './connection.ts';
import { CREDENTIALS } from './credentials.ts';
import { LARGE } from './large.ts';
import { PROCESSES } from './process.ts';
import { REPLIES } from './replies.ts';
import { NAMES_AND_TLS } from './tls.ts';

/** By the headings of docs/faults.md. */
export const GROUPS: Readonly<Record<string, readonly Fault[]>> = {
  'Connections to the upstream': CONNECTION,
  'TLS and names': NAMES_AND_TLS,
  'Replies that break off': BREAKING,
  'Wrong and slow replies': REPLIES,
  'Large replies': LARGE,
  Clients: CLIENTS,
  'Credentials and clocks': CREDENTIALS,
  'Restarts, files and memory': PROCESSES,
};

export const FAULTS: readonly Fault[] = Object.values(GROUPS).flat();
