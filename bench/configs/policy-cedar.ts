import { defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy } from 'agentcore-mcp-proxy/controls';
import rules from './names.cedar';

/** Ten Cedar policies that do not read arguments, so decisions are cached. */
export default defineProxy({ caller: header('x-caller'), controls: [accessPolicy({ policies: [rules] })] });
