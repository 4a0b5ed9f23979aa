/** What the proxy calls itself where it speaks for itself. */
import { VERSION } from './version.ts';

export const SELF = { name: 'agentcore-mcp-proxy', version: VERSION } as const;
