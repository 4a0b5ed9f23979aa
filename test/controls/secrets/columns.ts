/** What `secrets` does at each cell of the surfaces. */
import { expect } from 'vitest';
import { secrets } from '../../../proxy/controls/secrets/index.ts';
import { isIn, redactedIn, redactedOut } from '../redaction/taken.ts';
import type { InwardCell } from '../shared/surfaces/cells.ts';
import type { Column } from '../shared/surfaces/column.ts';

/** In the form of a GitHub token; it opens nothing. */
const VALUE = `ghp_${'x4Q9'.repeat(9)}`;
const BY = 'REDACTED_SECRET';
const redacted = { does: 'redacted', refusal: 'refused' };
const blocked = { does: 'refused', refusal: 'refused' };
/** The text after `Authorization: Basic` counts as a password, whatever it contains. */
const isPassword = ({ name }: InwardCell): boolean => name.endsWith('base64 within a text');

export const columns: readonly Column[] = [
  {
    name: "secrets, onFound: 'redact'",
    options: { controls: [secrets({ onFound: 'redact' })] },
    outward: { ...redacted, check: redactedOut(VALUE, BY) },
    inward: {
      ...redacted,
      passed: (cell) => (isPassword(cell) ? redacted.does : undefined),
      check: (route, cell, way) =>
        redactedIn(VALUE, BY)(route, isPassword(cell) ? { ...cell, kind: 'data' } : cell, way),
    },
  },
  {
    name: "secrets, onFound: 'block'",
    options: { controls: [secrets({ onFound: 'block' })] },
    outward: {
      ...blocked,
      async check(route, cell, way) {
        const { arrived, reply } = await route.out(cell, way, VALUE);
        const passes = typeof cell.kind === 'object';
        expect(isIn(arrived, VALUE)).toBe(passes);
        if (!passes) expect(reply.text).toMatch(/expected no secret|^$/);
      },
    },
    inward: {
      ...blocked,
      passed: (cell) => (isPassword(cell) ? blocked.does : undefined),
      async check(route, cell, way) {
        const { arrived } = await route.in(cell, way, VALUE);
        const passes = typeof cell.kind === 'object' && !isPassword(cell);
        expect(isIn(arrived, VALUE)).toBe(passes);
        // A stream that answers no call ends there, without a message.
        if (!passes && cell.stream !== true) expect(arrived).toContain('expected no secret, got one');
      },
    },
  },
];
