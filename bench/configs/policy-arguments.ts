import { defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy } from 'agentcore-mcp-proxy/controls';
import rules from './arguments.cedar';
import names from './names.cedar';

/** The same, and two that read the arguments of the tool that is called: each call is decided anew. */
export default defineProxy({ caller: header('x-caller'), controls: [accessPolicy({ policies: [names, rules] })] });
