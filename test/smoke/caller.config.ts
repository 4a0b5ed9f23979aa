/** A proxy that identifies its caller by a header. */
import { defineProxy, header } from 'agentcore-mcp-proxy';

export default defineProxy({ caller: header('x-who'), controls: [] });
