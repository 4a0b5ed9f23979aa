/** What each control that comes with the proxy must have beside its folder. */
import { expect, test } from 'vitest';
import { CONTROLS } from '../../lint-rooms.ts';
import * as exported from '../../proxy/controls/index.ts';
import * as detectors from '../../proxy/controls/shared/detectors/index.ts';
import { samplesOf } from './samples.ts';

const factoryOf = (name: string): string => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

test.each(CONTROLS)('%s has samples, which are controls of its name', async (name) => {
  const { table, linear } = await samplesOf(name);
  const made = table.map((row) => ('setup' in row ? row : row[1]));
  expect(new Set([...made, ...Object.values(linear)].map((control) => control.name))).toEqual(new Set([name]));
  expect(Object.keys(linear).length, `linear in test/controls/${name}/samples.ts`).toBeGreaterThan(0);
});

test('proxy/controls/index.ts exports a factory for each folder, and other functions than those are known', () => {
  const factories = Object.keys(exported).filter((name) => !(name in detectors) && !['allow', 'deny'].includes(name));
  expect(factories.toSorted()).toEqual(CONTROLS.map(factoryOf).toSorted());
});
