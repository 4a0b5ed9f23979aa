import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedContent, fromJsonSchema, inputRequired, type McpServer } from '@modelcontextprotocol/server';

const countdownInput = fromJsonSchema<{ steps?: number; intervalMs?: number }>({
  type: 'object',
  properties: {
    steps: { type: 'integer', minimum: 1, maximum: 100, default: 3, description: 'How many steps to count' },
    intervalMs: {
      type: 'integer',
      minimum: 0,
      maximum: 60_000,
      default: 200,
      description: 'Milliseconds between two steps',
    },
  },
});
const resetOutput = fromJsonSchema({
  type: 'object',
  properties: { reset: { type: 'boolean' }, calculations: { type: 'integer', description: 'How many there are now' } },
  required: ['reset', 'calculations'],
});
const confirmation = {
  type: 'object' as const,
  properties: {
    confirm: { type: 'boolean' as const, title: 'Reset', description: 'Really forget every calculation?' },
  },
  required: ['confirm'],
};

/** Tools that send something before their result: progress and a log message, or a question to the person. */
export function registerConversation(server: McpServer, history: { calculations: number }): void {
  server.registerTool(
    'countdown',
    {
      title: 'Count down',
      description: 'Counts down to zero and reports its progress at each step.',
      inputSchema: countdownInput,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    async ({ steps = 3, intervalMs = 200 }, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (let step = 1; step <= steps; step++) {
        await sleep(intervalMs, undefined, { signal: mcpReq.signal });
        // Progress is only for clients that sent a token (Progress, Behavior Requirements).
        if (progressToken === undefined) continue;
        const message = step === steps ? 'lift-off' : `${steps - step} to go`;
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: step, total: steps, message },
        });
      }
      await mcpReq.log('info', `counted ${steps} steps`, 'countdown');
      return { content: [{ type: 'text', text: `Counted down from ${steps} to lift-off.` }] };
    },
  );
  server.registerTool(
    'confirm_reset',
    {
      title: 'Reset the calculator',
      description: 'Forgets how many calculations were made, after asking the person to confirm.',
      outputSchema: resetOutput,
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ mcpReq }) => {
      const { inputResponses } = mcpReq;
      if (inputResponses === undefined) {
        // One implementation for both eras: a modern client gets an `input_required` result, a legacy one
        // `elicitation/create` (the SDK converts).
        return inputRequired({
          inputRequests: {
            confirm: inputRequired.elicit({
              message: `Forget all ${history.calculations} calculations?`,
              requestedSchema: confirmation,
            }),
          },
        });
      }
      const reset = acceptedContent<{ confirm?: unknown }>(inputResponses, 'confirm')?.confirm === true;
      if (reset) history.calculations = 0;
      const text = reset ? 'Every calculation was forgotten.' : 'Nothing was reset.';
      return { content: [{ type: 'text', text }], structuredContent: { reset, calculations: history.calculations } };
    },
  );
}
