/** What audit records of a text at each cell of the surfaces: nothing. */
import { expect } from 'vitest';
import { audit } from '../../../proxy/controls/audit/index.ts';
import type { Lines } from '../../dispatch/lines.ts';
import type { InwardCell, OutwardCell } from '../shared/surfaces/cells.ts';
import type { Column, Doing } from '../shared/surfaces/column.ts';
import { bindRing } from '../tokenization/keys.ts';

const VALUE = 'mara.inventado@example.com';
const NOT = 'not recorded';
const words = { does: NOT, refusal: NOT, passed: () => NOT };

/** @param carry sends the text through the proxy, and returns what arrived */
function unrecorded<Cell extends OutwardCell | InwardCell>(
  carry: (...of: Parameters<Doing<Cell>['check']>) => Promise<string>,
): Doing<Cell> {
  return {
    ...words,
    async check(route, cell, way, lines) {
      const before = records(lines);
      const carried = await carry(route, cell, way, lines);
      await expect.poll(() => records(lines)).toBeGreaterThan(before);
      // The text did travel through the proxy.
      expect(JSON.stringify([carried, cell.name])).toMatch(/inventado|percent|base64|escaped/);
      expect(lines.text).not.toMatch(/inventado|example\.com/i);
    },
  };
}

const records = (lines: Lines): number =>
  lines.all.filter(({ event, class_uid }) => event === 'call' || class_uid === 6003).length;

const outward = unrecorded<OutwardCell>(async (route, cell, way) => (await route.out(cell, way, VALUE)).arrived);
const inward = unrecorded<InwardCell>(async (route, cell, way) => (await route.in(cell, way, VALUE)).arrived);

export const columns: readonly Column[] = [
  { name: 'audit', options: { controls: [audit()] }, outward, inward },
  {
    name: 'audit, with fingerprints',
    options: {
      controls: [
        audit({
          format: 'ocsf',
          fingerprints: { keyring: 'AUDIT_KEYS', arguments: ['to', 'person.email'] },
          onSinkFailure: 'deny',
        }),
      ],
      environment: { AUDIT_KEYS: bindRing().TOKENIZATION_KEYRING ?? '' },
    },
    outward,
    inward,
  },
];
