/**
 * Nothing leaks: generated values through every surface, compared with every byte that the other side gets and every
 * line of the log.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../proxy/controls/audit/index.ts';
import type { Detector } from '../../../proxy/controls/shared/detectors/detector.ts';
import { email } from '../../../proxy/controls/shared/detectors/email.ts';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import { way } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { existsIn, existsOut, type Route, startRoute } from '../shared/surfaces/carry.ts';
import { INWARD, OUTWARD } from '../shared/surfaces/cells.ts';
import { bindRing, TENANT } from './keys.ts';

/** Everything between these two, in one text, including characters that are special in JSON, URLs and lines. */
const quoted: Detector = {
  name: 'quoted',
  type: 'quoted',
  find: (text) =>
    [...text.matchAll(/«[^«»]+»/g)].map(({ 0: found, index }) => ({
      start: index,
      end: index + found.length,
      type: 'quoted',
    })),
};

const core = fc.stringMatching(/^z[0-9a-f]{10}z$/);
const odd = fc.string({
  unit: fc.constantFrom(
    'a',
    '"',
    '\\',
    '/',
    '%',
    '%4',
    '\\u0041',
    '\n',
    '\t',
    '\u2028',
    '\u0001',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    ' ',
    '😀',
    'é',
    '\u202e',
    '<',
    '&',
    '+',
    '=',
    '#',
    '?',
    "'",
    '`',
  ),
  maxLength: 8,
});
const value = fc.oneof(
  fc.tuple(odd, core, odd).map(([before, middle, after]) => ({ text: `«${before}${middle}${after}»`, core: middle })),
  fc
    .tuple(core, fc.constantFrom('', '+x', '.y', "'o"))
    .map(([middle, more]) => ({ text: `${middle}${more}@mail.example.com`, core: middle })),
);
const ways = (['modern', 'legacy'] as const).flatMap((era) =>
  (['json', 'events'] as const).map((form) => way(era, form)),
);
const lines = new Lines();

/** In any encoding. */
function has(bytes: string, core: string): boolean {
  const percent = core
    .split('')
    .map((c) => `%${c.charCodeAt(0).toString(16)}`)
    .join('');
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.from('\0'.repeat(shift) + core)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  return [core, percent, ...base64].some(
    (text) => bytes.toLowerCase().includes(text.toLowerCase()) && (text !== base64[0] || bytes.includes(text)),
  );
}

beforeAll(() => lines.start());
afterAll(() => lines.stop());

describe.each(['upstream', 'client'] as const)('hidden from the %s', (hideFrom) => {
  let route: Route;
  beforeAll(async () => {
    route = await startRoute({
      controls: [audit(), tokenization({ tenant: TENANT, hideFrom, detectors: [email(), quoted] })],
      environment: bindRing(),
    });
  });
  afterAll(() => route[Symbol.asyncDispose]());

  const scenarios =
    hideFrom === 'upstream'
      ? ways.flatMap((way) =>
          OUTWARD.filter((cell) => existsOut(cell, way) && typeof cell.kind === 'string').map((cell) => ({
            name: cell.name,
            carry: (text: string) => route.out(cell, way, text),
          })),
        )
      : ways.flatMap((way) =>
          INWARD.filter((cell) => existsIn(cell, way) && typeof cell.kind === 'string').map((cell) => ({
            name: cell.name,
            carry: (text: string) => route.in(cell, way, text),
          })),
        );

  test('no value is in any byte that arrives there, or in any log line', async () => {
    lines.start();
    const seen: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...scenarios), value, async ({ name, carry }, { text, core }) => {
        const { arrived } = await carry(text);
        seen.push(core);
        expect(has(arrived, core), name).toBe(false);
      }),
      { numRuns: 400 },
    );
    await lines.find(({ event }) => event === 'call');
    const written = lines.text;
    expect(seen.filter((core) => written.includes(core))).toEqual([]);
    expect(lines.all.filter(({ event }) => event === 'call').length).toBeGreaterThan(300);
  });

  test('each value arrives if nothing hides it, so the check would find it', async () => {
    await using open = await startRoute({ controls: [] });
    for (const way of ways) {
      for (const text of ['«zaaaaaaaaaaz»', 'zaaaaaaaaaaz@mail.example.com']) {
        for (const cell of OUTWARD)
          if (existsOut(cell, way) && cell.answer === undefined)
            expect(
              has((await open.out(cell, way, text)).arrived, 'zaaaaaaaaaaz') || cell.name.includes('escaped'),
              cell.name,
            ).toBe(true);
        for (const cell of INWARD)
          if (existsIn(cell, way))
            expect(has((await open.in(cell, way, text)).arrived, 'zaaaaaaaaaaz'), cell.name).toBe(true);
      }
    }
  });
});
