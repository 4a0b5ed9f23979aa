import { McpServer, type ServerNotifier } from '@modelcontextprotocol/server';
import { startEndpoint } from '../../local/endpoint.ts';
import type { Listening } from '../../local/http.ts';
import { askingTools } from './fixture/asking.ts';
import { contentTools } from './fixture/content.ts';
import { registerPrompts, registerResources } from './fixture/documents.ts';
import { requestState, roundTools } from './fixture/rounds.ts';
import { createTaskStore, type TaskStore } from './fixture/task-store.ts';
import { registerTaskMethods, TASKS, taskTools } from './fixture/tasks.ts';
import { type FixtureTool, registerTools, text } from './fixture/tool.ts';

/**
 * Starts the upstream that the conformance suite runs against: everything that its server scenarios need, in both eras.
 *
 * @param options.guard refuse a foreign `Host` or `Origin`. Turned off behind the proxy, so that the proxy's own check
 * is tested
 */
export function startFixture(options: { port?: number; host?: string; guard?: boolean } = {}): Promise<Listening> {
  const store = createTaskStore();
  return startEndpoint((notify) => createFixture(notify, store), { retryInterval: 500, ...options });
}

function createFixture(notify: ServerNotifier, store: TaskStore): McpServer {
  const server = new McpServer(
    { name: 'conformance-fixture', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        completions: {},
        logging: {},
        extensions: { [TASKS]: {} },
      },
      requestState: { verify: (state, context) => requestState.verify(state, context) },
    },
  );
  registerTools(server, [
    ...contentTools,
    ...askingTools,
    ...roundTools,
    ...taskTools(store),
    ...statelessTools(server, notify),
  ]);
  registerTaskMethods(server, store);
  registerResources(server);
  registerPrompts(server);
  return server;
}

/** The diagnostic tools of the scenario `server-stateless` (SEP-2575). */
function statelessTools(server: McpServer, notify: ServerNotifier): readonly FixtureTool[] {
  return [
    {
      name: 'test_streaming_elicitation',
      description: 'Answers without a request of its own on the stream',
      run: () => text('There was nothing but this result.'),
    },
    {
      name: 'test_logging_tool',
      description: 'Logs, which only a client that set a log level may see',
      run: async (_args, { mcpReq }) => {
        await mcpReq.log('info', 'for those who want to know');
        return text('Logged once.');
      },
    },
    {
      name: 'test_trigger_tool_change',
      description: 'Says that the list of tools has changed',
      run: () => {
        notify.toolsChanged();
        server.sendToolListChanged();
        return text('Said so.');
      },
    },
    {
      name: 'test_trigger_prompt_change',
      description: 'Says that the list of prompts has changed',
      run: () => {
        notify.promptsChanged();
        server.sendPromptListChanged();
        return text('Said so.');
      },
    },
  ];
}
