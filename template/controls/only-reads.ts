/** Refuses every tool that doesn't say that it only reads. */
import { defineControl, Denied } from 'agentcore-mcp-proxy';

export const onlyReads = defineControl({
  name: 'only-reads',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': async (call, next) => {
      const tool = await call.upstream.tool(call.name ?? '');
      if (tool === undefined) throw new Denied('the upstream lists no tool of this name');
      if (tool.annotations?.readOnlyHint !== true) throw new Denied('only tools that read may be called');
      return next(call);
    },
  }),
});
