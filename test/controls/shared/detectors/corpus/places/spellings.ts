/** A value in an odd spelling, under a usual name or after a label. */
import type { Random } from '../random.ts';
import type { Made, Making, Value } from '../sample.ts';
import { among } from './fields.ts';
import { filled } from './prose.ts';

const INVISIBLE = ['\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u200e', '\u202a'];
const FULL_WIDTH = /[!-~]/g;

interface Spelled {
  readonly text: string;
  /** Written around it: `{}` is the value. */
  readonly frame?: string;
}
type Spelling = (text: string, random: Random) => Spelled | undefined;

const within = (text: string, pattern: RegExp, by: (c: string) => string): Spelled | undefined => {
  const other = text.replace(pattern, by);
  return other === text ? undefined : { text: other };
};
const fullWidth: Spelling = (text) => within(text, FULL_WIDTH, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
const invisible: Spelling = (text, random) => {
  const at = random.int(1, text.length - 1);
  return { text: text.slice(0, at) + random.pick(INVISIBLE) + text.slice(at) };
};
const everywhere: Spelling = (text) => ({ text: text.split('').join('\u200b') });
const entities: Spelling = (text) => within(text, /[^A-Za-z0-9]/g, (c) => `&#${c.codePointAt(0)};`);
const namedEntities: Spelling = (text) =>
  within(
    text,
    /[@+.\s()_/:-]/g,
    (c) =>
      ({
        '@': '&commat;',
        '+': '&plus;',
        '.': '&period;',
        ' ': '&nbsp;',
        '(': '&lpar;',
        ')': '&rpar;',
        _: '&lowbar;',
        '/': '&sol;',
        ':': '&colon;',
        '-': '&hyphen;',
      })[c] ?? c,
  );
const markdown: Spelling = (text) => within(text, /[_.+()#*-]/g, (c) => `\\${c}`);
const form: Spelling = (text) => {
  const encoded = encodeURIComponent(text).replaceAll('%20', '+');
  return encoded === text ? undefined : { text: encoded, frame: 'NAME={}&next=1' };
};
const doubled: Spelling = (text) => within(text, /[ ]/g, () => '  ');
const hardSpaces: Spelling = (text) => within(text, /[ ]/g, () => '\u00a0');
const thinSpaces: Spelling = (text) => within(text, /[ ]/g, () => '\u2009');
const hyphens: Spelling = (text, random) => {
  const hyphen = random.pick(['\u2010', '\u2011', '\u2013', '\u2212', '\ufe63']);
  return within(text, /-/g, () => hyphen);
};
const arabic: Spelling = (text) => within(text, /\d/g, (c) => String.fromCharCode(0x0660 + Number(c)));
const spacedHyphens: Spelling = (text) => within(text, /-/g, () => ' - ');
const range: Spelling = (text) => (/^\d+\.\d+\.\d+\.\d+$/.test(text) ? { text, frame: '198.51.100.3-{}' } : undefined);
const rangeStart: Spelling = (text) =>
  /^\d+\.\d+\.\d+\.\d+$/.test(text) ? { text, frame: '{}-198.51.100.77' } : undefined;
const afterLabel: Spelling = (text) => (text.includes(':') ? { text, frame: 'ip:{}' } : undefined);
const bracketed: Spelling = (text) => ({ text, frame: text.includes(':') ? '[{}]:8443' : '{}:8443' });
const zone: Spelling = (text) => (text.startsWith('fe80') ? { text, frame: '{}%eth0' } : { text, frame: '{}/32' });
const dottedEnd: Spelling = (text) => ({ text, frame: '({}).' });
const angle: Spelling = (text) => ({ text, frame: 'Ida<{}>' });
const json: Spelling = (text) => {
  const escaped = text.replaceAll(/[^A-Za-z0-9]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return escaped === text ? undefined : { text: escaped };
};

const ANY: Readonly<Record<string, Spelling>> = {
  'full-width': fullWidth,
  invisible,
  'invisible everywhere': everywhere,
  entities,
  'named entities': namedEntities,
  markdown,
  form,
  'double spaces': doubled,
  'hard spaces': hardSpaces,
  'thin spaces': thinSpaces,
  hyphens,
};
const NUMBERS = { ...ANY, 'arabic digits': arabic, 'spaced hyphens': spacedHyphens, 'JSON escapes': json };

const SPELLINGS: Readonly<Record<string, Readonly<Record<string, Spelling>>>> = {
  email: {
    'full-width': fullWidth,
    invisible,
    entities,
    'named entities': namedEntities,
    markdown,
    form,
    angle,
    'full stop': dottedEnd,
    'JSON escapes': json,
  },
  phone: NUMBERS,
  'payment-card': NUMBERS,
  iban: ANY,
  'us-ssn': NUMBERS,
  ip: {
    'full-width': fullWidth,
    invisible,
    entities,
    'named entities': namedEntities,
    markdown,
    range,
    'range, first': rangeStart,
    'after a label': afterLabel,
    port: bracketed,
    'zone or mask': zone,
    'full stop': dottedEnd,
  },
  'date-of-birth': ANY,
  passport: { 'full-width': fullWidth, invisible, 'hard spaces': hardSpaces },
};

export function odd({ text, proves }: Value, { random, words, type }: Making): Made | undefined {
  const spellings = Object.entries(SPELLINGS[type] ?? {});
  if (spellings.length === 0) return undefined;
  const fields = words.of('fields', type);
  for (let i = 0; i < 8; i++) {
    const [shape, spell] = random.pick(spellings);
    const spelled = spell(text, random);
    if (spelled === undefined) continue;
    const field = random.pick(fields);
    const frame = (spelled.frame ?? '{}').replace('NAME', () => field);
    const written = frame.replace('{}', () => spelled.text);
    const value = spelled.text;
    if (frame.startsWith('NAME') || (proves && random.chance(0.4)))
      return { shape, document: filled(random.pick(words.of('neutral')), written, random), value };
    if (random.chance(0.5)) return { shape, document: among(field, written, random), value };
    const labels = words.of('labels', type);
    return { shape, document: `${random.pick(labels.length === 0 ? fields : labels)}: ${written}`, value };
  }
  return undefined;
}

/** A telephone number with an extension; the find may end before or after it. */
export function extension({ text }: Value, { random, words }: Making): Made | undefined {
  const digits = random.digits(random.int(2, 5));
  const tail = random.pick([
    `x${digits}`,
    `ext${digits}`,
    ` x${digits}`,
    ` ext. ${digits}`,
    `;ext=${digits}`,
    `#${digits}`,
    `X${digits}`,
  ]);
  const written = text + tail;
  const shape = tail.replace(/\d+/, 'N');
  const slack = 4 + tail.length;
  if (random.chance(0.5))
    return { shape, document: among(random.pick(words.of('fields', 'phone')), written, random), value: text, slack };
  return { shape, document: `${random.pick(words.of('labels', 'phone'))}: ${written}`, value: text, slack };
}
