/**
 * Makes the pictures of the docs: `npm run pictures`. They show the calculator of `npm start`, whose people are made up,
 * behind a policy and a tokenization.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../../bin/bundle.ts';
import { startCalculator } from '../../local/calculator.ts';
import { accessPolicy, allow, audit, deny, email, phone, tokenization } from '../../proxy/controls/index.ts';
import { defineProxy, fixed } from '../../proxy/index.ts';
import { CHROMIUM, launch } from './browser.ts';
import { startWatched, type Watched } from './consoles.ts';

const SUPPORT = { sub: 'ann', groups: ['support'] };
const SIZE = { width: 1140, height: 700 };

process.env['CONSOLE_KEYRING'] = JSON.stringify({ current: 'k1', keys: { k1: 'x'.repeat(43) } });

/** Takes all pictures into a folder. Chromium must be there. */
export async function takePictures(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const calculator = await startCalculator();
  const [browser, watched] = await Promise.all([launch(), start(calculator.url)]);
  try {
    await callSome(watched);
    for (const [name, colorScheme, viewport, show] of PICTURES) {
      const context = await browser.newContext({ colorScheme, viewport, locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(watched.page);
      await page.locator('.row').first().waitFor();
      await show(page);
      await page.screenshot({ path: join(folder, `${name}.png`) });
      await context.close();
    }
  } finally {
    await browser.close();
    await watched[Symbol.asyncDispose]();
    await calculator.close();
  }
}

function start(upstream: string): Promise<Watched> {
  const config = defineProxy({
    caller: fixed(SUPPORT),
    controls: [
      audit(),
      accessPolicy({
        policies: [
          allow({ group: 'support', tools: ['*'], prompts: ['*'], resources: ['*'], methods: ['elicitation/create'] }),
          allow({ group: 'interns', tools: ['add', 'subtract', 'lookup_*'] }),
          deny({ group: 'interns', tools: ['confirm_reset'] }),
        ],
      }),
      tokenization({
        hideFrom: 'client',
        tenant: 'acme',
        detectors: [email(), phone({ countries: ['US', 'DE', 'GB'] })],
      }),
    ],
  });
  return startWatched(config, upstream, {
    bindings: { TOKENIZATION_KEYRING: 'env:CONSOLE_KEYRING', AUDIT_KEYS: 'env:CONSOLE_KEYRING' },
    callers: { 'ann, support': SUPPORT, 'ben, intern': { sub: 'ben', groups: ['interns'] } },
  });
}

/** Traffic such as an agent makes. */
async function callSome(watched: Watched): Promise<void> {
  const call = (name: string, args: object): Promise<string> => watched.call('tools/call', { name, arguments: args });
  await watched.call('tools/list');
  for (let i = 1; i < 12; i++) await call('add', { a: i, b: i * i });
  await call('countdown', { steps: 2, intervalMs: 20 });
  await call('divide', { a: 1, b: 0 });
  await call('lookup_customer', { id: 'C-1002' });
  const ben = { caller: { name: 'ben, intern' }, tool: 'confirm_reset', arguments: {} };
  const headers = { authorization: `Bearer ${watched.key}`, 'content-type': 'application/json' };
  await (await fetch(`${watched.origin}/api/try`, { method: 'POST', headers, body: JSON.stringify(ben) })).text();
  await call('multiply', { a: 17, b: 23 });
  await call('lookup_customer', { id: 'C-1001' });
}

const open = (text: string) => (page: Page) => page.locator('.row').filter({ hasText: text }).first().click();

const PICTURES: readonly (readonly [
  string,
  'light' | 'dark',
  { readonly width: number; readonly height: number },
  (page: Page) => Promise<void>,
])[] = [
  [
    'console-calls',
    'light',
    SIZE,
    async (page) => {
      await open('lookup_customer')(page);
      await page.locator('.diff').first().waitFor();
      await page.evaluate("document.querySelector('.pane.opened').scrollTo(0, 200)");
    },
  ],
  [
    'console-sides',
    'dark',
    SIZE,
    async (page) => {
      await open('lookup_customer')(page);
      await page.getByRole('button', { name: 'Side by side' }).click();
      await page.locator('mark').first().waitFor();
    },
  ],
  [
    'console-try',
    'light',
    { width: 1300, height: 640 },
    async (page) => {
      await page.getByRole('link', { name: 'Catalogue' }).click();
      await page.getByRole('button', { name: /^confirm_reset/ }).click();
      await page.getByRole('button', { name: 'Call confirm_reset' }).click();
      await page.getByRole('form', { name: 'A question of the upstream' }).waitFor();
      await page.locator('.trace .verdict').waitFor();
    },
  ],
  [
    'console-callers',
    'light',
    { width: 760, height: 560 },
    async (page) => {
      await page.getByRole('link', { name: 'Callers' }).click();
      await page.getByRole('row', { name: /^add/ }).waitFor();
    },
  ],
  [
    'console-charts',
    'dark',
    { width: 1140, height: 840 },
    async (page) => {
      await page.getByRole('link', { name: 'Charts' }).click();
      await page.locator('.uplot').first().waitFor();
    },
  ],
  [
    'console-phone',
    'light',
    { width: 390, height: 700 },
    async (page) => {
      await open('unknown-name')(page);
      await page.getByText('Refused by').waitFor();
    },
  ],
];

if (import.meta.main) {
  if (CHROMIUM === undefined) process.exitCode = 1;
  else await takePictures(join(ROOT, 'docs/pictures'));
}
