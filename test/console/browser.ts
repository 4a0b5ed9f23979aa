/** A real Chromium, where the machine has one. `npm test` itself needs Node and npm alone. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export const CHROMIUM = PLACES.find((place) => place !== undefined && place !== '' && existsSync(place));

if (CHROMIUM === undefined)
  console.warn(
    'skipped: tests of the console in a browser. They need Chromium: install it (Debian: apt-get install chromium), or name it in CHROMIUM',
  );

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** What a page complained about, or loaded from elsewhere. */
export interface Troubles {
  readonly errors: string[];
  readonly foreign: string[];
}

export function troublesOf(page: Page, origin: string): Troubles {
  const troubles: Troubles = { errors: [], foreign: [] };
  page.on('pageerror', (error) => troubles.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    troubles.errors.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) troubles.foreign.push(request.url());
  });
  return troubles;
}

/** Opens a console on its own page; nothing may go wrong on it. @param path undefined: with its key */
export async function onPage(
  browser: Browser,
  watched: { readonly page: string; readonly origin: string },
  use: (page: Page) => Promise<void>,
  path = watched.page,
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const troubles = troublesOf(page, watched.origin);
    await page.goto(path);
    await use(page);
    expect(troubles).toEqual({ errors: [], foreign: [] });
  } finally {
    await context.close();
  }
}

export function rows(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Calls' }).getByRole('option');
}
