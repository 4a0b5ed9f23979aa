import { defineProxy, header } from 'agentcore-mcp-proxy';
import { rateLimit } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  caller: header('x-caller'),
  controls: [
    rateLimit({
      limits: [
        { most: 1_000_000_000, seconds: 3_600 },
        { most: 1_000_000, seconds: 60, tools: ['get_customer'] },
      ],
      store: { table: 'RATE_LIMITS', timeLimitMs: 5_000 },
    }),
  ],
});
