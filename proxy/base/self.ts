/** How the proxy names itself to others. */
import { VERSION } from './version.ts';

/** What each error code means; its link goes with the error. The base is `homepage` of package.json. */
export const ERRORS_PAGE = 'https://github.com/agentcore-mcp-proxy/agentcore-mcp-proxy/blob/main/docs/errors.md';

export const SELF = { name: 'agentcore-mcp-proxy', version: VERSION } as const;
