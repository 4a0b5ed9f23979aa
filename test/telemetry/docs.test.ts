import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { METRIC_NAMES } from '../../lib/metrics.ts';
import { XRAY_OTLP_ACTIONS } from '../../lib/variable-options.ts';
import { TELEMETRY_VARIABLES } from '../../proxy/telemetry/bindings.ts';

const page = await readFile(new URL('../../docs/observe.md', import.meta.url), 'utf8');

test('docs/observe.md lists every metric, and no others', () => {
  expect([...page.matchAll(/^\| `(\w+)` \| (?:Count|Milliseconds) \|/gm)].map(([, name]) => name)).toEqual(
    METRIC_NAMES,
  );
});

test("docs/observe.md names every variable, and the role's permissions", () => {
  for (const name of [...Object.keys(TELEMETRY_VARIABLES), ...XRAY_OTLP_ACTIONS]) expect(page).toContain(`\`${name}\``);
});
