/** Replies larger than memory, and replies without an end. */
import net, { type Socket } from 'node:net';
import { bytesOf } from '../../upstream/messages.ts';
import { CALLER, told, toolCall } from '../client.ts';
import type { Fault, Scene } from '../fault.ts';
import { chunk, event, EVENTS, head, progress } from '../upstream.ts';

const GB = 1024 ** 3;
const MB = 1024 ** 2;
/** What a reply that passes may take besides the process's own memory: buffers on the way, and V8's slack. */
const SLACK = 96 * MB;
const BLOCK = Buffer.alloc(1024 * 1024, 'x');

/** Resolves when the connection takes more, or has ended. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle).off('close', settle);
      resolve();
    };
    socket.on('drain', settle).on('close', settle);
  });
}

/** Sends as fast as it is read, until the length is reached or the connection ends. */
async function pour(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0 && !socket.destroyed; left -= BLOCK.length)
    if (!socket.write(left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK)) await drained(socket);
}

/** Counts a reply's bytes without keeping them. Leaves after `most`. */
async function counted({ proxy, era }: Scene, most: number): Promise<string> {
  const socket = net.connect({ port: proxy.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(bytesOf(toolCall(era, 'fault'), [CALLER]));
  let start = '';
  let bytes = 0;
  await new Promise<void>((resolve) => {
    socket.on('close', resolve);
    socket.on('data', (chunk: Buffer) => {
      if (start.length < 1_000) start += chunk.toString('latin1', 0, 1_000);
      bytes += chunk.length;
      if (bytes >= most) socket.resetAndDestroy();
    });
  });
  return `${start.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)} and ${bytes >= most ? 'all' : 'not all'}`;
}

async function inMemory(scene: Scene, play: () => Promise<string>): Promise<string[]> {
  const before = await scene.proxy.state();
  const got = await play();
  const { peak } = await scene.proxy.state(false);
  const grown = peak - before.peak;
  return [got, grown > SLACK ? `and ${Math.round(grown / MB)} MB more memory` : 'and no more memory than before'];
}

export const LARGE: readonly Fault[] = [
  {
    name: 'huge-reply',
    happens: 'the reply has 1 GB',
    eras: ['modern'],
    async play(scene) {
      await scene.disconnect();
      scene.upstream.script = async (_, socket) => {
        socket.write(head(200, ['Content-Type: application/json', `Content-Length: ${GB}`]));
        await pour(socket, GB);
      };
      return inMemory(scene, async () => (scene.config === 'passing' ? counted(scene, GB) : told(await scene.call())));
    },
    gets: {
      passing: ['200 and all', 'and no more memory than before'],
      inspecting: [
        '502 error inspection-failed (-32603): a reply of more than N bytes, which a control must inspect (limits.maxInspectedReply)',
        'and no more memory than before',
      ],
    },
    logs: { passing: ['call unknown'], inspecting: ['call rpc-error inspection-failed'] },
    advice: 'ask for less, or raise the limit',
  },
  {
    name: 'endless-stream',
    happens: 'an event stream never ends, and its client leaves',
    async play(scene) {
      const { upstream } = scene;
      await scene.disconnect();
      let stopped = (): void => {};
      const gone = new Promise<void>((resolve) => (stopped = resolve));
      upstream.script = async (_, socket) => {
        socket.once('close', stopped);
        socket.write(EVENTS);
        const some = chunk(event(progress(1)).repeat(100));
        while (!socket.destroyed) if (!socket.write(some)) await drained(socket);
      };
      const got = await inMemory(scene, () => counted(scene, 8 * MB));
      await gone;
      return got;
    },
    gets: ['200 and all', 'and no more memory than before'],
    logs: ['call cut'],
    advice: 'nothing: the proxy leaves the upstream, too (up to 2025-11-25: after 16 MB more)',
  },
];
