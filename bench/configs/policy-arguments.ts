import { defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy } from 'agentcore-mcp-proxy/controls';
import rules from './arguments.cedar';
import names from './names.cedar';

/** The same with two policies that read the called tool's arguments, so each call is decided again. */
export default defineProxy({ caller: header('x-caller'), controls: [accessPolicy({ policies: [names, rules] })] });
