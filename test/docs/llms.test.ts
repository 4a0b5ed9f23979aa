/** llms.txt has the form of https://llmstxt.org, and its code compiles and has no faults. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { checkDeployments } from '../../lib/deployments.ts';
import { settingsOf } from '../../proxy/config/config.ts';
import { usePages } from './page.ts';

const page = usePages(['llms.txt'], ['proxy.config.ts', 'deployments.ts']);

test('a title, a quoted summary, then sections that are lists of links with notes', () => {
  const text = readFileSync(join(ROOT, 'llms.txt'), 'utf8');
  expect(text).toMatch(/^# \S+\n\n> .+\n\n/);
  const [, ...sections] = text.split(/^## /m);
  expect(sections.length).toBeGreaterThan(3);
  for (const section of sections) expect(section.trimEnd()).toMatch(/^.+\n(?:\n- \[[^\]]+\]\([^)\s]+\): .+)+$/);
});

test('its config and its deployments have no faults', async () => {
  const faults: string[] = [];
  settingsOf(await page.load('proxy.config.ts'), faults);
  const { default: list } = (await import(join(page.folder, 'deployments.ts'))) as { readonly default: unknown };
  expect([...faults, ...checkDeployments(list, ROOT)]).toEqual([]);
  expect(list).toHaveLength(1);
});
