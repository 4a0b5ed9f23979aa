/** Upstreams that want to break the page, or to show a person something else than there is. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldOf } from '../../console/page/form/schema.ts';
import { visible } from '../../console/page/parts/format.ts';
import { defineProxy } from '../../proxy/index.ts';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { CHROMIUM, launch, onPage, rows } from './browser.ts';
import { startWatched } from './consoles.ts';

const tree = { type: 'object', properties: { left: { $ref: '#' }, right: { $ref: '#' }, label: { type: 'string' } } };
const many = (count: number): object =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, { type: 'string' }]));
const nested = (depth: number): object =>
  depth === 0 ? { type: 'string' } : { type: 'object', properties: { a: nested(depth - 1), b: { type: 'string' } } };

/** By name: a schema, and other members. */
const TOOLS: Readonly<Record<string, readonly [object, object?]>> = {
  tree: [tree],
  'bad-reference': [{ type: 'object', properties: { a: { $ref: '#/%E0%A4%A' }, b: { $ref: '#/$defs/b' } } }],
  circle: [{ type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { $ref: '#/$defs/a' } } }],
  deep: [nested(200)],
  wide: [{ type: 'object', properties: many(3_000) }],
  choices: [{ type: 'object', properties: { a: { enum: Array.from({ length: 20_000 }, (_, i) => i) } } }],
  prototype: [
    JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}},"required":["toString"]}',
    ) as object,
  ],
  'odd-types': [
    {
      type: 'object',
      properties: {
        a: { type: ['object', 7], properties: [], required: {}, title: { a: 1 }, description: 5, enum: 'x' },
      },
      required: ['b'],
    },
  ],
  'odd-members': [
    { type: 'object' },
    {
      annotations: { title: 'odd', hint: { toString: 1, valueOf: 1 } },
      icons: [{ src: 'javascript:alert(1)' }, { src: 'https://attacker.example/i.svg', mimeType: 'image/svg+xml' }],
      websiteUrl: 'javascript:alert(2)',
    },
  ],
  'look\u202Elaed': [
    { type: 'object' },
    { description: `Reads.${'\u200B'.repeat(3)}\u{E0041} [x](javascript:alert(3)) <style>*{display:none}</style>` },
  ],
  long: [{ type: 'object' }, { description: 'word '.repeat(100_000) }],
};

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  let browser: Browser;
  let upstream: Upstream;

  beforeAll(async () => {
    browser = await launch();
    upstream = await startUpstream((request, response) => {
      const { id, method } = JSON.parse(request.text) as { readonly id: number; readonly method: string };
      const cached = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
      const tools = Object.entries(TOOLS).map(([name, [inputSchema, more]]) => ({ name, inputSchema, ...more }));
      const result =
        method === 'server/discover'
          ? { supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo: { name: 'up', version: '1' } }
          : method === 'tools/list'
            ? { tools }
            : { content: [{ type: 'text', text: 'done' }] };
      respondJson(response, { jsonrpc: '2.0', id, result: { ...result, ...cached } });
    });
  });

  afterAll(async () => {
    await browser?.close();
    await upstream?.[Symbol.asyncDispose]();
  });

  it('shows every tool that an upstream makes up, with a form that calls it, and runs and loads nothing', async () => {
    await using watched = await startWatched(defineProxy({ controls: [] }), upstream.url);
    await onPage(browser, watched, async (page) => {
      await page.getByRole('link', { name: 'Catalogue' }).click();
      for (const name of Object.keys(TOOLS)) {
        await page
          .locator('.entry')
          .filter({ has: page.locator('b', { hasText: visible(name) }) })
          .first()
          .click();
        await page
          .getByRole('heading', { name: visible(name), exact: false })
          .first()
          .waitFor();
        for (const summary of await page.locator('article summary').all()) await summary.click();
        expect(await page.locator('article :is(input, select, textarea)').count()).toBeLessThan(200);
      }
      expect(
        await page.locator('main :is(img, script, iframe, style, object, embed, [src], [style*=url])').count(),
      ).toBe(0);
      expect(await page.locator('main a[href]:not([href^="#"])').count()).toBe(0);
      expect(await page.locator('.entry').allTextContents()).toContainEqual(
        expect.stringContaining('look⟨U+202E⟩laedReads.⟨U+200B⟩⟨U+200B⟩⟨U+200B⟩⟨U+E0041⟩ [x](javascript:alert(3))'),
      );
      await page.locator('.entry').filter({ hasText: 'tree' }).first().click();
      await page.getByRole('button', { name: 'Call tree' }).click();
      await page.locator('.result').getByText('done').first().waitFor();
      await page.getByRole('link', { name: 'Calls', exact: true }).click();
      await rows(page).filter({ hasText: 'tree' }).waitFor();
    });
  });
});

describe('a form', () => {
  it('ends, though its schema does not', () => {
    let [field, depth] = [fieldOf(tree, tree), 0];
    for (; field.kind === 'object'; depth++) {
      const left = field.properties.find(([name]) => name === 'left')?.[1];
      field = fieldOf(left ?? {}, tree, depth + 1);
    }
    expect(field.kind).toBe('json');
    expect(depth).toBeLessThan(10);
  });

  it('has JSON in place of too many fields or choices', () => {
    const wide = { type: 'object', properties: many(3_000) };
    expect(fieldOf(wide, wide).kind).toBe('json');
    const choices = { enum: Array.from({ length: 20_000 }, (_, i) => i) };
    expect(fieldOf(choices, choices).kind).toBe('json');
  });
});
