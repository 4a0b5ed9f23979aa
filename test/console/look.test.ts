/** The page for everybody: screen readers, keyboards, phones, both themes, and many calls. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import type { Listening } from '../../local/http.ts';
import { accessPolicy, allow } from '../../proxy/controls/index.ts';
import { defineProxy, fixed } from '../../proxy/index.ts';
import { startUpstream } from '../support/upstream.ts';
import { CHROMIUM, launch, troublesOf } from './browser.ts';
import { post, startWatched, type Watched } from './consoles.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const VIEWS = ['calls', 'catalogue', 'callers', 'charts'] as const;
const MANY = 10_000;

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  let browser: Browser;
  let calculator: Listening;
  let watched: Watched;

  beforeAll(async () => {
    [browser, calculator] = await Promise.all([launch(), startCalculator()]);
    const policy = accessPolicy({ policies: [allow({ group: 'support', tools: ['*'] })] });
    watched = await startWatched(
      defineProxy({ controls: [policy], caller: fixed({ sub: 'ann', groups: ['support'] }) }),
      calculator.url,
      { callers: { eve: { sub: 'eve' } } },
    );
    await watched.call('tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
    await watched.call('tools/call', { name: 'lookup_customer', arguments: { id: 'C-1001' } });
    await watched.call('prompts/get', { name: 'explain_calculation', arguments: { calculation: '2+3' } });
  });

  afterAll(async () => {
    await watched?.[Symbol.asyncDispose]();
    await browser?.close();
    await calculator?.close();
  });

  /** Opens a view, with everything on it that can be opened. */
  async function open(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
    await page.goto(watched.page);
    await page.locator(`a[href="#${view}"]`).click();
    switch (view) {
      case 'calls':
        await page.locator('.row').filter({ hasText: 'explain_calculation' }).click();
        await page.getByText('Refused by access-policy').waitFor();
        break;
      case 'catalogue':
        await page.getByRole('button', { name: /^confirm_reset/ }).click();
        await page.locator('button.main').click();
        await page
          .getByRole('heading', { name: "The call's way" })
          .or(page.locator('.trace .verdict'))
          .first()
          .waitFor();
        break;
      case 'callers':
        await page.getByRole('row', { name: /^add/ }).waitFor();
        break;
      case 'charts':
        await page.locator('.uplot').first().waitFor();
    }
  }

  it.each(
    VIEWS.flatMap((view) =>
      (['light', 'dark'] as const).flatMap((theme) => [[view, theme, 1280] as const, [view, theme, 390] as const]),
    ),
  )('%s has nothing that axe finds (%s, %i px), and fits its width', async (view, colorScheme, width) => {
    // Scripts of a test are no part of the page, so its policy doesn't apply to them.
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
    try {
      const page = await context.newPage();
      const troubles = troublesOf(page, watched.origin);
      await open(page, view);
      await page.evaluate(AXE);
      const found = await page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.flatMap(
          ({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`);
      expect(found).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(troubles).toEqual({ errors: [], foreign: [] });
    } finally {
      await context.close();
    }
  });

  it('can be used with the keyboard alone', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    try {
      const page = await context.newPage();
      await page.goto(watched.page);
      await page.locator('.row').first().waitFor();
      const focused = (): Promise<string> =>
        page.evaluate<string>(
          "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
        );
      for (let i = 0; i < 10 && (await focused()) !== 'Calls, the newest first'; i++) await page.keyboard.press('Tab');
      expect(await focused()).toBe('Calls, the newest first');
      await page.keyboard.press('ArrowDown');
      const first = await page.locator('[aria-selected=true]').getAttribute('id');
      expect(await page.getByRole('listbox').getAttribute('aria-activedescendant')).toBe(first);
      await page.keyboard.press('End');
      expect(await page.locator('[aria-selected=true]').getAttribute('id')).not.toBe(first);
      await page.locator('#opened').waitFor();
      await page.keyboard.press('Enter');
      expect(await focused()).toMatch(/^Call of /);
      await page.getByRole('listbox').focus();
      await page.keyboard.press('Escape');
      await page.locator('#opened').waitFor({ state: 'detached' });
    } finally {
      await context.close();
    }
  });

  it(`lists ${MANY} calls with only the rows in sight in the document`, async () => {
    await using upstream = await startUpstream();
    await using busy = await startWatched(defineProxy({ controls: [] }), upstream.url);
    for (let done = 0; done < MANY + 50; done += 50)
      await Promise.all(Array.from({ length: 50 }, async () => (await post(busy.url, 'tools/list', {})).text()));
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    try {
      await page.goto(busy.page);
      await page.getByText(String(MANY), { exact: true }).waitFor();
      const rows = page.locator('.row');
      await rows.first().waitFor();
      expect(await rows.count()).toBeLessThan(60);
      expect(await rows.first().getAttribute('aria-setsize')).toBe(String(MANY));
      await page.getByRole('listbox').press('End');
      await page.locator(`.row[aria-posinset="${MANY}"][aria-selected=true]`).waitFor();
      expect(await rows.count()).toBeLessThan(60);
      // A call that comes now is on top, and the oldest makes room.
      await busy.call('tools/call', { name: 'newest' });
      await page.getByRole('listbox').press('Home');
      await page.locator('.row[aria-posinset="1"]').filter({ hasText: 'newest' }).waitFor();
      await page.getByText(String(MANY), { exact: true }).waitFor();
    } finally {
      await page.close();
    }
  });
});
