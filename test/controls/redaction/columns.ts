/** What redaction does at each cell of the surfaces. */
import { expect } from 'vitest';
import { redaction } from '../../../proxy/controls/redaction/index.ts';
import { email } from '../../../proxy/controls/shared/detectors/index.ts';
import type { Column } from '../shared/surfaces/column.ts';
import { isIn, redactedIn, redactedOut } from './taken.ts';

const VALUE = 'mara.inventado@example.com';
const BY = 'REDACTED_EMAIL';
const emails = { detectors: [email()] };
const words = { does: 'redacted', refusal: 'refused' };

export const columns: readonly Column[] = [
  {
    name: 'redaction',
    options: { controls: [redaction({ upstream: emails, client: emails })] },
    outward: { ...words, check: redactedOut(VALUE, BY) },
    inward: { ...words, check: redactedIn(VALUE, BY) },
  },
  {
    name: 'redaction, towards the client only',
    options: { controls: [redaction({ client: emails })] },
    outward: {
      does: 'passes',
      refusal: 'passes',
      async check(route, cell, way) {
        const { arrived } = await route.out(cell, way, VALUE);
        expect(isIn(cell.read?.(arrived) ?? arrived, VALUE) || arrived.includes('\\u006d')).toBe(true);
      },
    },
    inward: { ...words, check: redactedIn(VALUE, BY) },
  },
];
