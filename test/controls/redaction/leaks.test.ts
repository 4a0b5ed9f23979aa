/** No value of the corpus arrives or is logged, on any surface. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { redaction } from '../../../proxy/controls/redaction/index.ts';
import {
  email,
  findAll,
  iban,
  ip,
  loadDetectors,
  paymentCard,
  phone,
  secret,
} from '../../../proxy/controls/shared/detectors/index.ts';
import { way } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { corpus, type Group, NOTHING } from '../shared/detectors/corpus/index.ts';
import { Random } from '../shared/detectors/corpus/random.ts';
import { existsIn, existsOut, type Route, startRoute } from '../shared/surfaces/carry.ts';
import { INWARD, OUTWARD } from '../shared/surfaces/cells.ts';
import { isIn } from './taken.ts';

/** Types with forms that are recognized without a field's name. */
const TYPES: readonly Group[] = ['email', 'iban', 'payment-card', 'ip', 'secret-known', 'phone-international'];
const everything = { detectors: [email(), iban(), paymentCard(), ip(), secret(), phone({ countries: ['US'] })] };
const lines = new Lines();
let route: Route;
await loadDetectors(everything.detectors);

beforeAll(async () => {
  lines.start();
  route = await startRoute({ controls: [audit(), redaction({ upstream: everything, client: everything })] });
});
afterAll(async () => {
  await route[Symbol.asyncDispose]();
  lines.stop();
});

function isWhole(value: string): boolean {
  const [span] = findAll(everything.detectors, value);
  return span?.start === 0 && span.end === value.length;
}

/** Values that detectors find at any place. */
function valuesOf(group: Group): string[] {
  const random = new Random(7);
  const values = corpus('development', 60, NOTHING, [group]).flatMap(({ place, value }) =>
    place === 'prose' && /^[\x20-\x7e]+$/.test(value) && isWhole(value) ? [value] : [],
  );
  return Array.from({ length: 3 }, () => random.pick(values));
}

describe.each(TYPES)('%s', (type) => {
  test.each(valuesOf(type))('%s reaches neither side, on any surface', async (value) => {
    for (const form of [way('modern', 'events'), way('legacy', 'json')]) {
      for (const cell of OUTWARD)
        if (cell.kind === 'data' && existsOut(cell, form))
          expect(isIn((await route.out(cell, form, value)).arrived, value), cell.name).toBe(false);
      for (const cell of INWARD)
        if (cell.kind === 'data' && existsIn(cell, form))
          expect(isIn((await route.in(cell, form, value)).arrived, value), cell.name).toBe(false);
    }
    expect(lines.all.length).toBeGreaterThan(0);
    expect(isIn(lines.text, value)).toBe(false);
  });
});
