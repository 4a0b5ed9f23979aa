/** The proxy in its own process: the pushed image, or the folder from it if there is no container engine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { freePort } from '../../support/free-port.ts';
import type { Account } from '../aws/account.ts';
import { imageAt, readManifest } from '../aws/registry.ts';
import type { Podman } from './podman.ts';
import { untar } from './tar.ts';

const READY_MS = 30_000;

export interface Started extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** From the start of the process to the first healthy `/ping`. */
  readonly startMs: number;
  /** Its output. */
  log(): string;
  /** Ends it with SIGTERM, as the platform does. */
  stop(): Promise<{ readonly code: number | null }>;
}

/** Starts one image with an environment. It listens on a free port of loopback. */
export type Start = (uri: string, environment: Readonly<Record<string, string>>) => Promise<Started>;

export function startingImages(podman: Podman, registry: string): Start {
  let count = 0;
  return async (uri, environment) => {
    const image = uri.replace(/^[^/]+/, registry);
    await podman.pull(image);
    count += 1;
    const variables = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const limits = [
      '--network',
      'host',
      '--read-only',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
      '--memory',
      '8g',
      '--no-healthcheck',
    ];
    return whenReady((port) =>
      podman.start(
        '--rm',
        '--name',
        `e2e-${process.pid}-${count}`,
        '--pull',
        'never',
        '--arch',
        'arm64',
        ...limits,
        ...variables,
        '--env',
        'HOST=127.0.0.1',
        '--env',
        `PORT=${port}`,
        image,
      ),
    );
  };
}

export function startingFolders(account: Account, folder: string): Start {
  return async (uri, environment) => {
    const [, repository = '', tag = ''] = /^[^/]+\/([^:]+):(.+)$/.exec(uri) ?? [];
    const image = imageAt(account, repository, tag);
    if (image === undefined) throw new Error(`${uri} is not in the registry`);
    const manifest = readManifest(image);
    const root = join(folder, tag);
    mkdirSync(root, { recursive: true });
    for (const { digest } of manifest.layers) untar(gunzipSync(blob(account, digest)), root);
    const { config } = JSON.parse(blob(account, manifest.config.digest).toString('utf8')) as {
      readonly config: { readonly Entrypoint: readonly string[] };
    };
    const [program, ...parameters] = config.Entrypoint;
    if (program !== 'node') throw new Error(`expected the image to start node, got ${program}`);
    return whenReady((port) =>
      spawn(
        process.execPath,
        parameters.map((parameter) => (parameter.startsWith('/') ? join(root, parameter) : parameter)),
        { env: { ...environment, HOST: '127.0.0.1', PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'] },
      ),
    );
  };
}

function blob(account: Account, digest: string): Buffer {
  const found = account.blobs.get(digest);
  if (found === undefined) throw new Error(`${digest} is not in the registry`);
  return found;
}

async function whenReady(spawnAt: (port: number) => ChildProcess): Promise<Started> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawnAt(port);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => void (printed += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const stop = async (): Promise<{ code: number | null }> => {
    const overdue = setTimeout(() => child.kill('SIGKILL'), 15_000);
    if (child.exitCode === null) child.kill('SIGTERM');
    const code = await ended;
    clearTimeout(overdue);
    return { code };
  };
  for (;;) {
    const healthy = await fetch(`${origin}/ping`).then(
      async (response) => response.ok && (await response.text()).includes('Healthy'),
      () => false,
    );
    if (healthy) break;
    if (child.exitCode !== null || performance.now() - began > READY_MS) {
      await stop();
      throw new Error(`the proxy was not ready after ${READY_MS / 1000} s: ${printed.slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const startMs = performance.now() - began;
  return { origin, startMs, log: () => printed, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
