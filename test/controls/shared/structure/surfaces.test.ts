/** The structure of data and texts is read on every surface, by every control that detects. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { secrets } from '../../../../proxy/controls/secrets/index.ts';
import { dateOfBirth } from '../../../../proxy/controls/shared/detectors/index.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import { way } from '../../../dispatch/forms.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { bindRing, TENANT } from '../../tokenization/keys.ts';
import { existsIn, existsOut, startRoute } from '../surfaces/carry.ts';
import { INWARD, OUTWARD } from '../surfaces/cells.ts';
import { DETECTORS, SAMPLES } from './samples.ts';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

/** Texts with a value that only their structure names. */
const TEXTS = SAMPLES.flatMap(({ type, names: [label], value }) => [
  { type, value, how: 'JSON', text: JSON.stringify({ name: label, value }) },
  { type, value, how: 'CSV', text: `id,${label}\na,${value}\n` },
]);

/** JSON is read where it is the whole string. */
const WHOLE = /an argument$|structuredContent$|an answer to an elicitation/;
/** A table may be within another text. */
const PLACE =
  /argument$|text$|structuredContent$|embedded resource|messages$|elicitation|sampling|instructions|statusMessage|data$/;
const OTHER = /schema|base64|key|name/;
const isPlace = ({ name, kind }: { readonly name: string; readonly kind: unknown }, how: string): boolean =>
  kind === 'data' && (how === 'JSON' ? WHOLE : PLACE).test(name) && !OTHER.test(name);

describe.each([way('modern', 'events'), way('legacy', 'json')])('%s', (form) => {
  test.each(TEXTS)('$how that names a value of type $type keeps it from both sides', async ({ how, text, value }) => {
    const both = { detectors: DETECTORS };
    await using route = await startRoute({ controls: [redaction({ upstream: both, client: both })] });
    let places = 0;
    for (const cell of OUTWARD)
      if (isPlace(cell, how) && existsOut(cell, form)) {
        places++;
        expect((await route.out(cell, form, text)).arrived, cell.name).not.toContain(value);
      }
    for (const cell of INWARD)
      if (isPlace(cell, how) && existsIn(cell, form)) {
        places++;
        expect((await route.in(cell, form, text)).arrived, cell.name).not.toContain(value);
      }
    expect(places).toBeGreaterThan(3);
  });
});

describe.each([
  [
    'secrets',
    () => secrets({ onFound: 'redact' }),
    '| user | password |\n|---|---|\n| jane | hunter2x |\n',
    'hunter2x',
  ],
  [
    'tokenization',
    () => tokenization({ tenant: TENANT, detectors: [dateOfBirth()] }),
    JSON.stringify([{ field: 'dob', content: '1980-02-03' }]),
    '1980-02-03',
  ],
] as const)('%s', (_name, control, text, value) => {
  test('hides a value that its structure names', async () => {
    await using route = await startRoute({ controls: [control()], environment: bindRing() });
    for (const cell of OUTWARD)
      if (cell.name === 'tools/call: an argument') {
        const { arrived } = await route.out(cell, way('modern', 'json'), text);
        expect(arrived).toContain('"tools/call"');
        expect(arrived).not.toContain(value);
      }
    expect.assertions(2);
  });
});
