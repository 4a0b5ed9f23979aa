/** An upstream whose calls wait until they are released, so that the calls in flight are known without a clock. */
import { McpServer } from '@modelcontextprotocol/server';
import { startEndpoint } from '../../local/endpoint.ts';
import type { Listening } from '../../local/http.ts';

export interface Waiting extends Listening {
  /** The number of opened sessions, in either era. */
  readonly sessions: number;
}

export async function startWaiting(): Promise<Waiting> {
  const held: (() => void)[] = [];
  const three = Promise.withResolvers<void>();
  let sessions = 0;
  const endpoint = await startEndpoint(() => {
    sessions++;
    const server = new McpServer({ name: 'waiting', version: '1.0.0' });
    const tool = (name: string, description: string, run: () => Promise<void> | void): void => {
      server.registerTool(name, { description }, async () => {
        await run();
        return { content: [{ type: 'text', text: `${name}: done` }] };
      });
    };
    tool('wait', 'Waits until it is released', () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (held.push(resolve) === 3) three.resolve();
      return promise;
    });
    tool('three_wait', 'Answers once three calls wait', () => three.promise);
    tool('release', 'Releases all that wait', () => {
      for (const release of held.splice(0)) release();
    });
    return server;
  });
  return {
    ...endpoint,
    get sessions() {
      return sessions;
    },
  };
}
