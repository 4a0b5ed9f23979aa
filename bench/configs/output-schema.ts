import { defineProxy } from 'agentcore-mcp-proxy';
import { validation } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  controls: [validation({ checkInputSchema: false, results: { checkOutputSchema: true } })],
});
