import { defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy, allow } from 'agentcore-mcp-proxy/controls';

/** A caller who may use every second tool of the long lists. */
export default defineProxy({
  caller: header('x-caller'),
  controls: [
    accessPolicy({
      policies: [
        allow({ group: 'clerks', tools: ['*_orde*', '*0', '*2', '*4', '*6', '*8'] }),
        allow({ group: 'admins', tools: ['*'] }),
      ],
    }),
  ],
});
