/** What tokenization does at each cell of the surfaces. */
import { expect } from 'vitest';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import type { Column } from '../shared/surfaces/column.ts';
import { bindRing, emails, TENANT, tokenOf } from './keys.ts';

const VALUE = 'mara.inventado@example.com';
const TOKEN = tokenOf(VALUE);
const environment = bindRing();

/** A token as written in a URL. */
const tokenIn = (text: string): boolean => text.includes(TOKEN) || text.includes(TOKEN.replace('@', '%40'));
const valueIn = (text: string): boolean =>
  text.includes(VALUE) ||
  text.includes(encodeURIComponent(VALUE)) ||
  text.includes(
    VALUE.split('')
      .map((c) => `%${c.charCodeAt(0).toString(16)}`)
      .join(''),
  ) ||
  text.includes(VALUE.slice(1));

export const columns: readonly Column[] = [
  {
    name: "tokenization, hideFrom: 'upstream'",
    options: { controls: [tokenization({ tenant: TENANT, detectors: [emails] })], environment },
    outward: {
      does: 'token',
      refusal: 'refused',
      async check(route, cell, way) {
        const { arrived, reply } = await route.out(cell, way, VALUE);
        if (cell.kind === 'data') {
          expect(valueIn(arrived)).toBe(false);
          expect(tokenIn(arrived)).toBe(true);
        } else if (cell.kind === 'fixed') {
          expect(arrived).not.toContain(VALUE.slice(1));
          expect(reply.text).toMatch(/"code":-31403|^$/);
        } else expect(valueIn(arrived)).toBe(true);
      },
    },
    inward: {
      does: 'restored',
      refusal: 'token stays',
      at: (cell) => {
        if (cell.ofFile === true) return 'left out';
        return cell.write === undefined && cell.echoed === undefined ? undefined : 'token stays';
      },
      async check(route, cell, way) {
        const { arrived } = await route.in(cell, way, TOKEN);
        if (cell.ofFile === true) {
          expect([arrived.includes(VALUE), tokenIn(arrived)]).toEqual([false, false]);
          return;
        }
        const shows = cell.kind === 'data' && cell.write === undefined && cell.echoed === undefined;
        expect(arrived.includes(VALUE)).toBe(shows);
        expect(tokenIn(arrived)).toBe(!shows);
      },
    },
  },
  {
    name: "tokenization, hideFrom: 'client'",
    options: { controls: [tokenization({ tenant: TENANT, hideFrom: 'client', detectors: [emails] })], environment },
    outward: {
      does: 'token stays',
      refusal: 'token stays',
      async check(route, cell, way) {
        const { arrived } = await route.out(cell, way, TOKEN);
        expect(valueIn(arrived)).toBe(false);
      },
    },
    inward: {
      does: 'token',
      refusal: 'refused',
      async check(route, cell, way) {
        const { arrived } = await route.in(cell, way, VALUE);
        if (cell.kind === 'data') {
          expect(valueIn(arrived)).toBe(false);
          expect(tokenIn(arrived)).toBe(true);
        } else if (cell.kind === 'fixed') {
          expect(arrived).not.toContain(VALUE.slice(1));
          expect(arrived).toContain('"code":-31403');
        } else expect(valueIn(arrived)).toBe(true);
      },
    },
  },
];
