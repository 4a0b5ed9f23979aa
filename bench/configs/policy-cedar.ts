import { defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy } from 'agentcore-mcp-proxy/controls';
import rules from './names.cedar';

/** Ten policies in Cedar, none of which reads arguments: decisions are remembered. */
export default defineProxy({ caller: header('x-caller'), controls: [accessPolicy({ policies: [rules] })] });
