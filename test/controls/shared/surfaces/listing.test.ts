/** With the pages' configs, the embedded upstream's tools are listed with their names, types and bounds unchanged. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCalculator } from '../../../../local/calculator.ts';
import { fixed } from '../../../../proxy/callers/fixed.ts';
import type { ProxyConfig } from '../../../../proxy/config/config.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { readBlocks, type Written, writeBlocks } from '../../../docs/blocks.ts';
import { type FrontOptions, startFront } from '../../../support/front.ts';
import { initialize, legacy, modern, send } from '../../../upstream/messages.ts';
import { bindRing } from '../../tokenization/keys.ts';

let written: Written;
const lines = new Lines();

beforeAll(async () => {
  lines.start();
  written = await writeBlocks(await readBlocks(['docs/control-redaction.md', 'docs/control-tokenization.md']));
});
afterAll(async () => {
  lines.stop();
  await written[Symbol.asyncDispose]();
});

/** The tools without their free text. */
async function tools(era: 'legacy' | 'modern', options: FrontOptions): Promise<string> {
  const calculator = await startCalculator();
  await using front = await startFront(calculator, options);
  const session = era === 'legacy' ? (await send(front, initialize())).header('mcp-session-id') : undefined;
  const { text } = await send(front, era === 'legacy' ? legacy('tools/list', {}, { session }) : modern('tools/list'));
  await calculator.close();
  const [json = ''] = /\{.*\}/.exec(text) ?? [];
  return JSON.stringify(JSON.parse(json), (key, value: unknown) =>
    typeof value === 'string' && ['description', 'title'].includes(key) ? '' : value,
  );
}

test.each(
  (['legacy', 'modern'] as const).flatMap((era) =>
    ['redaction.config.ts', 'secrets.config.ts', 'hide-from-upstream.config.ts', 'hide-from-client.config.ts'].map(
      (file) => [era, file] as const,
    ),
  ),
)('lists the tools unchanged (%s, %s)', async (era, file) => {
  const { controls } = ((await import(join(written.folder, file))) as { readonly default: ProxyConfig }).default;
  const listed = await tools(era, { controls, caller: fixed({ sub: 'ann', org: 'acme' }), environment: bindRing() });
  expect(listed).toContain('"nationalId"');
  expect(listed).toBe(await tools(era, {}));
});
