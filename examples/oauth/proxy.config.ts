/** One line for each call, before a server that wants OAuth tokens. How to get them is in the environment: see run.ts. */
import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

export default defineProxy({ controls: [audit()] });
