import type { JsonValue } from '../../proxy/json/value.ts';

const many = (make: (i: number) => JsonValue): JsonValue => Array.from({ length: 100_000 }, (_, i) => make(i));

/** Values that take much more memory than text. */
export const SHAPES: Readonly<Record<string, JsonValue>> = {
  'empty lists': many(() => []),
  'empty objects': many(() => ({})),
  members: many((i) => ({ [`k${i}`]: 1 })),
  texts: many((i) => `${i}`),
  numbers: many((i) => i / 3),
};
