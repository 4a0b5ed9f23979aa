/** The console's page, in a real Chromium. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import type { Listening } from '../../local/http.ts';
import { accessPolicy, allow, deny, email, phone, tokenization } from '../../proxy/controls/index.ts';
import { defineProxy, fixed, type ProxyConfig } from '../../proxy/index.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { CHROMIUM, launch, onPage, rows } from './browser.ts';
import { startWatched, type Watched } from './consoles.ts';

process.env['CONSOLE_KEYRING'] = JSON.stringify({ current: 'k1', keys: { k1: 'x'.repeat(43) } });

const BINDINGS = { TOKENIZATION_KEYRING: 'env:CONSOLE_KEYRING' };

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  let browser: Browser;
  let calculator: Listening;

  beforeAll(async () => {
    [browser, calculator] = await Promise.all([launch(), startCalculator()]);
  });

  afterAll(async () => {
    await browser?.close();
    await calculator?.close();
  });

  const during = (watched: Watched, use: (page: Page) => Promise<void>, path?: string): Promise<void> =>
    onPage(browser, watched, use, path);

  const guarded = (): ProxyConfig =>
    defineProxy({
      caller: fixed({ sub: 'ann', groups: ['support'] }),
      controls: [
        accessPolicy({
          policies: [allow({ group: 'support', tools: ['*'] }), deny({ group: 'support', tools: ['divide'] })],
        }),
        tokenization({ hideFrom: 'client', tenant: 'acme', detectors: [email(), phone({ countries: ['US'] })] }),
      ],
    });
  const started = (): Promise<Watched> => startWatched(guarded(), calculator.url, { bindings: BINDINGS });

  it('says what to run before the first call, and shows a call as it passes', async () => {
    await using watched = await startWatched(defineProxy({ controls: [] }), calculator.url);
    await during(watched, async (page) => {
      await page.getByText('No calls yet').waitFor();
      await page.getByText('npm run call').waitFor();
      await watched.call('tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
      const row = rows(page).filter({ hasText: /add.*ok/ });
      await row.waitFor();
      expect(await row.textContent()).toMatch(/tools\/call.*ok.*anyone/);
      await row.click();
      await page.getByRole('heading', { name: 'add tools/call' }).waitFor();
      expect(page.url()).not.toContain(watched.key);
    });
  });

  it('shows what the model sees beside what the upstream sees', async () => {
    await using watched = await started();
    await watched.call('tools/call', { name: 'lookup_customer', arguments: { id: 'C-1001' } });
    await during(watched, async (page) => {
      await rows(page)
        .filter({ hasText: /lookup_customer/ })
        .click();
      await page.getByRole('button', { name: 'Side by side' }).click();
      const reply = page.getByRole('region', { name: 'Reply' });
      const [client, upstream] = [reply.locator('figure').nth(0), reply.locator('figure').nth(1)];
      await client.getByText('The client and its model see').waitFor();
      expect(await client.textContent()).not.toContain('mara.inventado@example.com');
      expect(await client.locator('mark').allTextContents()).toContainEqual(expect.stringMatching(/k1/));
      expect(await upstream.textContent()).toContain('mara.inventado@example.com');
      expect((await upstream.locator('mark').allTextContents()).join()).toContain('mara.inventado@example.com');
      await page.getByRole('button', { name: 'Step by step' }).click();
      const diff = page.locator('.diff');
      expect((await diff.locator('del').allTextContents()).join()).toContain('mara.inventado@example.com');
      expect((await diff.locator('ins').allTextContents()).join()).not.toContain('mara.inventado@example.com');
    });
  });

  it('says which rule refused a call', async () => {
    await using watched = await started();
    await watched.call('tools/call', { name: 'divide', arguments: { a: 1, b: 2 } });
    await during(watched, async (page) => {
      await rows(page)
        .filter({ hasText: /divide.*unknown-name/ })
        .click();
      await page.getByText('Refused by access-policy: unknown-name, because of policies[1].tools').waitFor();
      await page.getByText('The client was told: Unknown tool: divide').waitFor();
      await page.getByText('nothing: the call did not get there').waitFor();
    });
  });

  it('calls a tool with the form, as a chosen caller, and shows its way beside it', async () => {
    const callers = { ann: { sub: 'ann', groups: ['support'] }, eve: { sub: 'eve', groups: [] } };
    await using watched = await startWatched(guarded(), calculator.url, { bindings: BINDINGS, callers });
    await during(watched, async (page) => {
      await page.getByRole('link', { name: 'Catalogue' }).click();
      await page.getByRole('button', { name: /^add/ }).click();
      const form = page.getByRole('form', { name: 'Call add' });
      await form.getByLabel('a required').fill('2');
      await form.getByLabel('b required').fill('40');
      await form.getByLabel('as', { exact: true }).selectOption('ann');
      await form.getByRole('button', { name: 'Call add' }).click();
      await form.getByText('"result": 42').waitFor();
      const trace = page.getByRole('region', { name: "The call's way" });
      await trace.getByText('policy: policies[0].tools').waitFor();
      expect(await trace.textContent()).toContain('callerann');
      await form.getByLabel('as', { exact: true }).selectOption('eve');
      await form.getByRole('button', { name: 'Call add' }).click();
      await trace.getByText('Refused by access-policy').waitFor();
      await form.getByText('Unknown tool: add').waitFor();
      // The lists are those of the chosen caller, too.
      await page.getByText('This caller is shown none.').waitFor();
    });
  });

  it("shows a tool's question, and sends the person's answer", async () => {
    await using watched = await startWatched(defineProxy({ controls: [] }), calculator.url);
    await watched.call('tools/call', { name: 'add', arguments: { a: 1, b: 1 } });
    await during(watched, async (page) => {
      await page.getByRole('link', { name: 'Catalogue' }).click();
      await page.getByRole('button', { name: /^confirm_reset/ }).click();
      const result = page.locator('.result');
      for (const [answer, said] of [
        ['true', 'Every calculation was forgotten.'],
        ['decline', 'Nothing was reset.'],
      ] as const) {
        await page.getByRole('button', { name: 'Call confirm_reset' }).click();
        const question = page.getByRole('form', { name: 'A question of the upstream' });
        await question.getByText('calculations?').waitFor();
        if (answer === 'decline') await question.getByRole('button', { name: 'Decline' }).click();
        else {
          await question.getByLabel('confirm').selectOption(answer);
          await question.getByRole('button', { name: 'Answer' }).click();
        }
        await result.getByText(said).first().waitFor();
        await question.waitFor({ state: 'detached' });
      }
    });
  });

  it('opens no call without the key, and says where it is', async () => {
    await using watched = await startWatched(defineProxy({ controls: [] }), calculator.url);
    await watched.call('tools/list');
    await during(
      watched,
      async (page) => {
        await page.getByText('This page needs its key').waitFor();
        expect(await rows(page).count()).toBe(0);
      },
      `${watched.origin}/`,
    );
  });

  it('runs and loads nothing of what upstreams and clients send', async () => {
    const evil = `<img src="https://attacker.example/x.png" onerror="alert(1)"><script>alert(2)</script>![](https://attacker.example/y.png)`;
    await using upstream = await startUpstream((request, response) => {
      const { id, method } = JSON.parse(request.text) as { readonly id: number; readonly method: string };
      const properties = { [evil]: { type: 'string', description: evil, default: evil, enum: [evil] } };
      const inputSchema = { type: 'object', title: evil, properties };
      const result =
        method === 'server/discover'
          ? { supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo: { name: evil, version: '1' } }
          : { tools: [{ name: evil, title: evil, description: evil, inputSchema, annotations: { title: evil } }] };
      const members = {
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
        content: [{ type: 'text', text: evil }],
      };
      respondJson(response, { jsonrpc: '2.0', id, result: { ...result, ...members } });
    });
    await using watched = await startWatched(defineProxy({ controls: [], caller: fixed({ sub: evil }) }), upstream.url);
    await watched.call('tools/list');
    await watched.call('tools/call', { name: evil, arguments: { [evil]: evil } });
    await during(watched, async (page) => {
      await rows(page).first().waitFor();
      for (const row of await rows(page).all()) {
        await row.click();
        for (const summary of await page.locator('summary').all()) await summary.click();
        await page.getByRole('button', { name: 'Side by side' }).click();
        await page.getByRole('button', { name: 'Step by step' }).click();
      }
      expect(await page.locator('article').textContent()).toContain('<script>alert(2)</script>');
      await page.getByRole('link', { name: 'Catalogue' }).click();
      await page.locator('.entry').first().click();
      for (const summary of await page.locator('summary').all()) await summary.click();
      await page.locator('button.main').click();
      await page.locator('.result').waitFor();
      expect(await page.locator('article').textContent()).toContain('<script>alert(2)</script>');
      expect(await page.locator('main img, main script, main iframe, main [onerror]').count()).toBe(0);
      expect(await page.locator('script').count()).toBe(1);
    });
  });

  it('can be read by no page of another origin', async () => {
    await using watched = await startWatched(defineProxy({ controls: [] }), calculator.url);
    await using other = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>other</title>');
    });
    const context = await browser.newContext();
    try {
      const own = await context.newPage();
      await own.goto(watched.page);
      await own.getByText('No calls yet').waitFor();
      const page = await context.newPage();
      await page.goto(other.url);
      // As a text: the test runner rewrites functions.
      const got: unknown = await page.evaluate(`(async (origin, key) => {
        const ways = [
          () => fetch(origin + '/api/calls', { headers: { authorization: 'Bearer ' + key } }),
          () => fetch(origin + '/'),
          () => import(origin + '/console.js'),
        ];
        const results = [];
        for (const way of ways) results.push(await way().then(() => 'read', () => 'refused'));
        return [...results, sessionStorage.length, localStorage.length, document.cookie];
      })(${JSON.stringify(watched.origin)}, ${JSON.stringify(watched.key)})`);
      expect(got).toEqual(['refused', 'refused', 'refused', 0, 0, '']);
    } finally {
      await context.close();
    }
  });
});
