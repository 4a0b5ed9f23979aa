/** Variables of the process itself, beside those of its upstream, its controls and its caller. None is needed. */
import type { TELEMETRY_VARIABLES } from '../telemetry/bindings.ts';

/** What each variable about listening is for. */
export const LISTEN_VARIABLES = {
  HOST: 'address to listen on; default 0.0.0.0',
  PORT: 'port to listen on; default 8000',
  ALLOWED_HOSTS: 'hosts that Host and Origin may name, separated by commas',
} as const;

/** A deployment binds no others: one that the proxy doesn't know doesn't compile there. */
export type ProcessVariable = keyof typeof LISTEN_VARIABLES | keyof typeof TELEMETRY_VARIABLES;
