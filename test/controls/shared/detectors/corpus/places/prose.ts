/** A value in a text: after a label, in a sentence that says what it is, in one that doesn't, near a contrary word. */
import type { Random } from '../random.ts';
import type { Made, Making, Value } from '../sample.ts';

const PEOPLE = 'Ida|Tomás Prieto|Ms. Adeyemi|Chiara B.|Mr Holm|Kenji|Frau Albrecht|Dr. Osei'.split('|');

/** How a label and its value are put together, by name. `L` is the label. */
const LABELLED: readonly (readonly [shape: string, form: string])[] = [
  ['label: value', 'L: {}'],
  ['label: value', 'L: {}'],
  ['label: value', 'L: {}'],
  ['label value', 'L {}'],
  ['label - value', 'L – {}'],
  ['label = value', 'L = {}'],
  ['bold label', '**L:** {}'],
  ['bold label', '**L**: {}'],
  ['next line', 'L:\n{}'],
  ['next line', 'L\n{}'],
  ['list', '- L: {}\n- OK: yes'],
  ['tab', 'L\t{}'],
  ['full-width colon', 'L：{}'],
  ['form', '1) 7 B\n2) L ........ {}\n3) –'],
  ['parentheses', 'L ({})'],
  ['HTML', '<dt>L</dt><dd>{}</dd>'],
  ['HTML', '<b>L:</b> {}<br>'],
  ['form field', '<label>L</label> <input value="{}">'],
];

export function label({ text }: Value, { random, words, type }: Making): Made | undefined {
  const sentences = words.of('sentences', type);
  const labels = words.of('labels', type);
  if (labels.length === 0 || (sentences.length > 0 && random.chance(0.4)))
    return sentences.length === 0
      ? undefined
      : { shape: 'sentence', document: filled(random.pick(sentences), text, random) };
  const [shape, form] = random.pick(LABELLED);
  const named = random.pick(labels);
  return {
    shape: `${shape} · ${named}`,
    document: filled(
      form.replace('L', () => named),
      text,
      random,
    ),
  };
}

/** Texts that don't say what the value is. */
export function prose({ text, proves }: Value, { random, words }: Making): Made | undefined {
  if (!proves) return undefined;
  return { shape: 'neutral', document: filled(random.pick(words.of('neutral')), text, random) };
}

export function contrary({ text }: Value, { random, words, type }: Making): Made | undefined {
  const sentences = words.of('contrary', type);
  if (sentences.length === 0) return undefined;
  const sentence = random.pick(sentences);
  return { shape: sentence, document: filled(sentence, text, random) };
}

export function filled(template: string, text: string, random: Random): string {
  return template
    .replaceAll('{name}', () => random.pick(PEOPLE))
    .replaceAll('{n}', () => String(random.int(10, 999)))
    .replace('{}', () => text);
}
