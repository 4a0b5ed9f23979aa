import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
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

test('random bytes are kept for at most a second by the wall clock, so that a restored snapshot makes new ones', () => {
  const now = Date.now;
  let clock = now();
  let drawn = 0;
  const open = fs.openSync;
  fs.openSync = ((path, ...rest) => (drawn++, open(path, ...rest))) satisfies typeof open;
  syncBuiltinESMExports();
  Date.now = () => clock;
  try {
    const ids = new KernelIds();
    for (const [passed, draws] of [
      [0, 1],
      [900, 1],
      [200, 2],
      [-3_600_000, 3],
    ] as const) {
      clock += passed;
      ids.generateTraceId();
      expect(drawn).toBe(draws);
    }
  } finally {
    Date.now = now;
    fs.openSync = open;
    syncBuiltinESMExports();
  }
});
