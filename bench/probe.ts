/**
 * Preloaded (`--import`) into every process under test. Idle until the harness asks over IPC for CPU time and memory,
 * or for the start and end of a CPU profile.
 */
import type { Session } from 'node:inspector/promises';

export type Question = 'usage' | 'live' | 'profile-start' | 'profile-stop' | 'exit';
/** CPU in microseconds (user and system, all threads), memory in bytes; since the process started. */
export interface Usage {
  readonly cpu: number;
  readonly rss: number;
}

/** Bytes in use after a full collection. */
export interface Live {
  readonly heap: number;
  readonly external: number;
}

let session: Session | undefined;

async function inspector(): Promise<Session> {
  const { Session: InspectorSession } = await import('node:inspector/promises');
  const opened = new InspectorSession();
  opened.connect();
  return opened;
}

async function reply(question: Question): Promise<unknown> {
  switch (question) {
    case 'usage': {
      const { user, system } = process.cpuUsage();
      return { cpu: user + system, rss: process.memoryUsage.rss() } satisfies Usage;
    }
    case 'live': {
      const opened = await inspector();
      await opened.post('HeapProfiler.collectGarbage');
      opened.disconnect();
      const { heapUsed, external } = process.memoryUsage();
      return { heap: heapUsed, external } satisfies Live;
    }
    case 'profile-start': {
      session = await inspector();
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: 200 });
      await session.post('Profiler.start');
      return {};
    }
    case 'profile-stop':
      return (await session?.post('Profiler.stop'))?.profile;
    case 'exit':
      return process.exit(0);
  }
}

process.on('message', (question: Question) => {
  reply(question).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// The channel must not keep a process alive that has drained and wants to end.
process.channel?.unref();
