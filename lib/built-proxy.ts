/**
 * Builds a proxy with one config at synth, and asks the bundle what it needs, so that what is checked is what ships.
 * Constructs are synchronous and the build isn't, so it runs in its own process, once per config, however many proxies
 * share it.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { type Described, parseDescribed } from './described.ts';
import type { Faults } from './faults.ts';
import { moduleFile } from './root.ts';
import { typeFaults } from './type-check.ts';

export interface BuiltProxy {
  /** The folder with `main.mjs`. It exists until this process ends: assets are copied at synth. */
  readonly folder: string;
  readonly described: Described;
}

type Outcome = { readonly built: BuiltProxy } | { readonly faults: readonly string[] };

const outcomes = new Map<string, Outcome>();

/** The config that is shipped with this package. */
const SHIPPED_CONFIG = moduleFile('proxy.config');

/** @param config a path; a relative one starts at the working folder, like CDK's other paths */
export function builtProxy(config: string | undefined, faults: Faults): BuiltProxy | undefined {
  const path = config === undefined ? SHIPPED_CONFIG : isAbsolute(config) ? config : resolve(config);
  let outcome = outcomes.get(path);
  if (outcome === undefined) outcomes.set(path, (outcome = build(path)));
  if ('built' in outcome) return outcome.built;
  for (const fault of outcome.faults) faults.add(fault);
}

function build(config: string): Outcome {
  if (!existsSync(config)) return { faults: [`config: expected a file, found nothing at ${config}`] };
  const types = typeFaults(config);
  if (types.length > 0) return { faults: types };
  const folder = join(newPlace(), 'proxy');
  const built = node([moduleFile('bin/build'), '--config', config, '--out', folder]);
  if ('error' in built)
    return { faults: inLines(built.error).map((line) => `config: ${config} can't be built: ${line}`) };
  const described = node([join(folder, 'main.mjs'), '--describe']);
  if ('error' in described) return { faults: inLines(described.error).map((line) => `config: ${config}: ${line}`) };
  makeReadable(folder);
  return { built: { folder, described: parseDescribed(described.output) } };
}

const places: string[] = [];

/** A folder that exists until this process ends. */
function newPlace(): string {
  if (places.length === 0)
    process.once('exit', () => places.forEach((place) => rmSync(place, { recursive: true, force: true })));
  const place = mkdtempSync(join(tmpdir(), 'agentcore-mcp-proxy-'));
  places.push(place);
  return place;
}

/** Returns the listed faults one by one, else the bundler's complaints, else the first line of the output. */
function inLines(output: string): readonly string[] {
  const listed = output.split('\n').flatMap((line) => (line.startsWith('  - ') ? [line.slice(4)] : []));
  const bundler = [...output.matchAll(/\[ERROR\] (.+)\n\n\s+\S*?([^/\s]+:\d+:\d+):/g)].map(
    ([, what, where]) => `${where}: ${what}`,
  );
  return [listed, bundler, output.split('\n').slice(0, 1)].find((lines) => lines.length > 0) ?? [output];
}

function node(args: readonly string[]): { readonly output: string } | { readonly error: string } {
  try {
    return {
      output: execFileSync(process.execPath, args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, INIT_CWD: '' },
      }),
    };
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    return { error: output === '' ? String(error) : output };
  }
}

/** Independent of the umask: the container's user isn't the one who builds. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
}
