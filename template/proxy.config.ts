/** What this proxy does. The first control is outermost: it sees a call first and its reply last. */
import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';
import { onlyReads } from './controls/only-reads.ts';

export default defineProxy({ controls: [audit(), onlyReads] });
