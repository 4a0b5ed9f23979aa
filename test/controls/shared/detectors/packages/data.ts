/** Data for the corpus from installed packages: `data.py` prints it, and this reads it. */
import { join } from 'node:path';
import { z } from 'zod';
import { GROUPS, type Half, type More } from '../corpus/index.ts';
import type { Group, Value } from '../corpus/sample.ts';
import type { Format } from '../corpus/values/secrets.ts';
import { type Section, SECTIONS, type Source } from '../corpus/words.ts';
import { hashOf, kept } from '../kept.ts';
import { isComplete, runPython } from './python.ts';

const VALUE = z.strictObject({ text: z.string(), kind: z.string(), proves: z.boolean() });
export const SOURCE = z.strictObject({
  source: z.string(),
  half: z.enum(['development', 'heldOut']),
  sections: z.partialRecord(z.enum(SECTIONS), z.record(z.string(), z.array(z.string()))),
});
const DATA = z.strictObject({
  phones: z.record(z.string(), z.array(z.string())),
  values: z.partialRecord(z.enum(GROUPS), z.array(VALUE)),
  sources: z.array(SOURCE),
});

export function packageData(python: string, half: Half, formats: readonly Format[]): More {
  const here = (name: string): string => join(import.meta.dirname, name);
  const made = hashOf(here('data.py'), here('requirements.txt'), here('data-only.txt'));
  // Faker takes a minute on a busy machine.
  const text = kept(`data-${half}-${made}${isComplete() ? '' : '-in-part'}.json`, () =>
    runPython(python, 'data.py', [half]),
  );
  const { phones, values, sources } = DATA.parse(JSON.parse(text));
  return {
    phones: new Map(Object.entries(phones)),
    formats,
    sources: sources.map(sourceOf),
    values: new Map(
      GROUPS.flatMap((group): [Group, readonly Value[]][] => {
        const own = values[group];
        return own === undefined ? [] : [[group, own]];
      }),
    ),
  };
}

export function sourceOf(source: z.infer<typeof SOURCE>): Source {
  return { ...source, sections: sectionsOf(source.sections) };
}

function sectionsOf(
  given: Readonly<Partial<Record<Section, Readonly<Record<string, readonly string[]>>>>>,
): Source['sections'] {
  const of = (section: Section): ReadonlyMap<string, readonly string[]> =>
    new Map(Object.entries(given[section] ?? {}));
  return {
    fields: of('fields'),
    unusual: of('unusual'),
    labels: of('labels'),
    sentences: of('sentences'),
    contrary: of('contrary'),
    wrappers: of('wrappers'),
    neutral: of('neutral'),
  };
}
