import { expect, test } from 'vitest';
import { KernelIds } from '../../../proxy/telemetry/traces/ids.ts';

test('ids have the form of W3C Trace Context, and no two are the same, whichever process makes them', () => {
  const generators = [new KernelIds(), new KernelIds()];
  const traces = generators.flatMap((ids) => Array.from({ length: 2_000 }, () => ids.generateTraceId()));
  const spans = generators.flatMap((ids) => Array.from({ length: 2_000 }, () => ids.generateSpanId()));
  for (const id of traces) expect(id).toMatch(/^[0-9a-f]{32}$/);
  for (const id of spans) expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set([...traces, ...spans]).size).toBe(8_000);
});
