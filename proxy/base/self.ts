/** How the proxy names itself to others. */
import { VERSION } from './version.ts';

export const SELF = { name: 'agentcore-mcp-proxy', version: VERSION } as const;
