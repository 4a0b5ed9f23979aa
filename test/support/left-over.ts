/**
 * Restores the environment and what Vitest replaced, and fails a test file that leaves something else behind for the next
 * in its worker.
 */
import fs from 'node:fs';
import { afterAll, vi } from 'vitest';

const GLOBALS = ['Date', 'clearTimeout', 'fetch', 'performance', 'process', 'setImmediate', 'setTimeout'] as const;
const environment = { ...process.env };
const before = state();

// It was registered first, so it runs last.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
  const after = state();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (what) => before.get(what) !== after.get(what),
  );
  if (changed.length > 0)
    throw new Error(`expected to find everything as before this file, but it left ${changed.join(', ')}`);
});

/** What tests replace for a while, by name. */
function state(): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ...GLOBALS.map((name) => [name, globalThis[name]] as const),
    ['fs.writeSync', fs.writeSync],
    ...(['stdout', 'stderr'] as const).map(
      (stream) =>
        [`process.${stream}.write`, Object.getOwnPropertyDescriptor(process[stream], 'write')?.value] as const,
    ),
    ['process.exitCode', process.exitCode],
    ['the working folder', process.cwd()],
    ...['uncaughtException', 'unhandledRejection', 'SIGINT', 'SIGTERM'].map(
      (event) => [`listeners of ${event}`, process.listenerCount(event)] as const,
    ),
  ]);
}
