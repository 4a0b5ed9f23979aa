/** A proxy that knows its caller from a header. */
import { defineProxy, header } from 'agentcore-mcp-proxy';

export default defineProxy({ caller: header('x-who'), controls: [] });
