import { isObject } from '../../proxy/json/lossless.ts';
/** Without values: what is listed of tools and prompts stays, since upstreams say it to all; resources and errors become shapes. */
import type { JsonObject } from '../../proxy/json/value.ts';
import { type Shown, shownText, values } from '../record/shape.ts';
import type { Catalogue, Matrix } from './catalogued.ts';

export function shapedCatalogue(catalogue: Catalogue, shown: Shown): Catalogue {
  if (shown === values) return catalogue;
  const failed = Object.fromEntries(
    Object.entries(catalogue.failed).map(([kind, why]) => [kind, shownText(shown, why)]),
  );
  const invalid = catalogue.invalid.map(({ kind, name, why }) => ({
    kind,
    name: name === undefined || kind === 'tools' || kind === 'prompts' ? name : shownText(shown, name),
    why: shownText(shown, why),
  }));
  return { ...catalogue, invalid, failed, resources: catalogue.resources.map((entry) => shaped(entry, shown)) };
}

export function shapedMatrix(matrix: Matrix, shown: Shown): Matrix {
  if (shown === values) return matrix;
  return {
    ...matrix,
    rows: matrix.rows.map((row) => (row.kind === 'resources' ? { ...row, name: shownText(shown, row.name) } : row)),
    notes: matrix.notes.map(({ what, why }) => ({ what, why: shownText(shown, why) })),
  };
}

function shaped(entry: JsonObject, shown: Shown): JsonObject {
  const out: unknown = JSON.parse(shown(JSON.stringify(entry)));
  return isObject(out) ? out : {};
}
