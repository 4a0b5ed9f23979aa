import { defineProxy } from 'agentcore-mcp-proxy';
import { secrets } from 'agentcore-mcp-proxy/controls';

export default defineProxy({ controls: [secrets({ onFound: 'block' })] });
