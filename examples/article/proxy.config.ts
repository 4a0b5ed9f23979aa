/** Between agent and gateway: every call recorded, only tools that read, no national id in what comes back. */
import { defineControl, defineProxy, Denied } from 'agentcore-mcp-proxy';
import { audit, redaction, usSsn } from 'agentcore-mcp-proxy/controls';

const readOnly = defineControl({
  name: 'read-only',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': async (call, next) => {
      const tool = await call.upstream.tool(call.name ?? '');
      if (tool === undefined) throw new Denied('the upstream lists no tool of this name');
      if (tool.annotations?.readOnlyHint !== true) throw new Denied('only tools that read');
      return next(call);
    },
  }),
});

export default defineProxy({ controls: [audit(), readOnly, redaction({ client: { detectors: [usSsn()] } })] });
