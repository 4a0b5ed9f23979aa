declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** An embedded DynamoDB, in memory unless `path` is given. */
  export default function dynalite(options?: { readonly createTableMs?: number; readonly path?: string }): Server;
}
