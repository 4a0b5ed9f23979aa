/** What each control that comes with the proxy must have beside its folder. */
import { expect, test } from 'vitest';
import { CONTROLS } from '../../lint-rooms.ts';
import * as exported from '../../proxy/controls/index.ts';
import * as detectors from '../../proxy/controls/shared/detectors/index.ts';
import { STAGES } from '../../proxy/pipeline/built-in.ts';
import { builtInControls, samplesOf } from './samples.ts';
import { columnsOf } from './shared/surfaces/columns.ts';

const factoryOf = (name: string): string => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

test.each(CONTROLS)('%s has samples, which are controls with its name', async (name) => {
  const { table, ...settings } = await samplesOf(name);
  const made = table.map((row) => ('setup' in row ? row : row[1]));
  const others = Object.entries(settings).flatMap(([member, controls]) => {
    expect(Object.keys(controls).length, `${member} in test/controls/${name}/samples.ts`).toBeGreaterThan(0);
    return Object.values(controls);
  });
  expect(new Set([...made, ...others].map((control) => control.name))).toEqual(new Set([name]));
});

test('proxy/controls/index.ts exports a factory for each folder, and every other export is known', () => {
  const factories = Object.keys(exported).filter((name) => !(name in detectors) && !['allow', 'deny'].includes(name));
  expect(factories.toSorted()).toEqual(CONTROLS.map(factoryOf).toSorted());
});

test('a control that inspects messages after earlier controls has columns in docs/surfaces.md', async () => {
  const inspecting = (await builtInControls()).filter(
    // What is pinned is compared as a whole, not inspected.
    ({ builtIn }) =>
      builtIn !== undefined && builtIn.stage !== 'pin' && STAGES.indexOf(builtIn.stage) > STAGES.indexOf('own'),
  );
  expect(inspecting.length).toBeGreaterThan(3);
  for (const { name } of inspecting)
    expect(await columnsOf(name), `expected test/controls/${name}/columns.ts, which exports columns`).toBeDefined();
});
