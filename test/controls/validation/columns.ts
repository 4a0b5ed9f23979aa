/**
 * What `validation` does at each cell of the surfaces: refuses invisible characters in calls, and removes them from
 * replies.
 */
import { expect } from 'vitest';
import { validation } from '../../../proxy/controls/validation/index.ts';
import type { Column } from '../shared/surfaces/column.ts';

const HIDDEN = 'mara\u{e0041}\u200b\u202einventado';
const VISIBLE = 'marainventado';

export const columns: readonly Column[] = [
  {
    name: "validation, 'hidden-unicode'",
    options: {
      controls: [
        validation({
          checkInputSchema: false,
          refuse: [{ path: '**', what: ['hidden-unicode'] }],
          results: { stripHiddenUnicode: true },
        }),
      ],
    },
    outward: {
      does: 'refused',
      refusal: 'refused',
      async check(route, cell, way) {
        const { arrived, reply } = await route.out(cell, way, HIDDEN);
        if (typeof cell.kind === 'object') expect(arrived).not.toBe('');
        else {
          expect(arrived).not.toContain('inventado');
          expect(reply.text).toMatch(/expected no invisible characters|^$/);
        }
      },
    },
    inward: {
      does: 'stripped',
      refusal: 'refused',
      async check(route, cell, way) {
        const { arrived } = await route.in(cell, way, HIDDEN);
        if (cell.kind === 'data') {
          expect(arrived).toContain(VISIBLE);
          expect(arrived).not.toMatch(/[\u200b\u202e\u{e0041}]/u);
        } else if (cell.kind === 'fixed') {
          expect(arrived).not.toContain('inventado');
          expect(arrived).toContain('"code":-31403');
        } else expect(arrived).toContain('inventado');
      },
    },
  },
];
