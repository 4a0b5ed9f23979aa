/** Each built-in control, made for the tests that run all of them. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROLS } from '../../lint-rooms.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';

/** `test/controls/NAME/samples.ts` exports it as `samples`. */
export interface Samples {
  /** Rows of the table in docs/controls.md: the usual options first, then those that change a cell. */
  readonly table: readonly [
    control: DefinedControl,
    ...others: readonly (readonly [with_: string, control: DefinedControl])[],
  ];
  /** With the options that inspect most, by name: test/linear counts their steps. */
  readonly linear: Readonly<Record<string, DefinedControl>>;
  /**
   * With options that fill each of its caches: test/memory sends them endless names. A tool is named `known`, and an
   * argument `name`.
   * @default linear
   */
  readonly hostile?: Readonly<Record<string, DefinedControl>>;
  /**
   * With options that read and change entries of lists. Each entry is named `odd`.
   * @default linear
   */
  readonly entries?: Readonly<Record<string, DefinedControl>>;
}

/** The samples of a control, by its folder. */
export async function samplesOf(name: string): Promise<Required<Samples>> {
  const file = `test/controls/${name}/samples.ts`;
  const path = join(import.meta.dirname, name, 'samples.ts');
  if (!existsSync(path)) throw new Error(`expected ${file}, which exports samples: Samples, found none`);
  const { samples } = (await import(path)) as { readonly samples?: Samples };
  if (samples?.table === undefined) throw new Error(`${file}: expected it to export samples: Samples, got none`);
  return { hostile: samples.linear, entries: samples.linear, ...samples };
}

/** Each control with its usual options. */
export async function builtInControls(): Promise<readonly DefinedControl[]> {
  return (await allSamples()).map(([, { table }]) => table[0]);
}

/** The samples of all controls, in the order of their names. */
export async function allSamples(): Promise<readonly (readonly [name: string, samples: Required<Samples>])[]> {
  return Promise.all(CONTROLS.map(async (name) => [name, await samplesOf(name)] as const));
}
