/**
 * Builds, pushes and starts the image: with podman if it is installed, else with this project's own stand-ins on the
 * built folder.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '../aws/account.ts';
import { arm64 } from './emulation.ts';
import { openPodman } from './podman.ts';
import { type Start, startingFolders, startingImages } from './started.ts';

export interface Engine {
  readonly kind: 'image' | 'folder';
  /** A description for a person: what runs, and how. */
  readonly described: string;
  /** For the CDK CLI. */
  readonly environment: Readonly<Record<string, string>>;
  readonly start: Start;
  end(): void;
}

/** If podman is installed, only podman is used: its faults are not hidden by running the folder instead. */
export async function openEngine(account: Account, scratch: string): Promise<Engine> {
  const registry = new URL(account.endpoint).host;
  const podman = await openPodman(join(scratch, 'podman'), registry);
  if (podman === undefined) return folderEngine(account, scratch);
  const emulation = await arm64();
  try {
    const base = await podman.prepareBase();
    return {
      kind: 'image',
      described: `the image, linux/arm64 ${emulation.kind}, by ${podman.version}; base: ${base}`,
      environment: podman.environment,
      start: startingImages(podman, registry),
      end: () => emulation.end(),
    };
  } catch (error) {
    emulation.end();
    throw error;
  }
}

function folderEngine(account: Account, scratch: string): Engine {
  const folder = join(scratch, 'folder');
  mkdirSync(folder, { recursive: true });
  const docker = join(folder, 'docker');
  writeFileSync(
    docker,
    `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'image-builder.ts')}' "$@"\n`,
  );
  chmodSync(docker, 0o755);
  return {
    kind: 'folder',
    described: `the built folder on this machine's Node ${process.versions.node} (${process.arch}): podman is not installed`,
    environment: { CDK_DOCKER: docker, E2E_IMAGES: join(folder, 'images') },
    start: startingFolders(account, folder),
    end: () => {},
  };
}
