/** Asks a tool's question (elicitation) to the person in the terminal. */
import type { ElicitRequestParams, ElicitResult } from '@modelcontextprotocol/client';
import { isObject } from '../../proxy/json/lossless.ts';
import { Lines } from './lines.ts';
import type { SessionHandlers } from './session.ts';
import { type Io, plain, type Screen } from './terminal.ts';

type Value = string | number | boolean | string[];
/** An invalid answer; says what was expected. */
class Unfit {
  readonly expected: string;
  constructor(expected: string) {
    this.expected = expected;
  }
}

const DECLINE = '-';

/** Handlers for the questions of a single call. They are only asked if a person is at the terminal. */
export function asking(io: Io, screen: Screen, unattended: boolean): Pick<SessionHandlers, 'ask'> & AsyncDisposable {
  const lines = io.input.isTTY === true && !unattended ? new Lines({ input: io.input, output: io.errors }) : undefined;
  return {
    ask: lines === undefined ? undefined : (question) => askPerson(question, lines, screen),
    async [Symbol.asyncDispose]() {
      lines?.close();
    },
  };
}

/** Asks field by field. `-` declines; Ctrl-C or the end of the input cancels. Only typed or offered values are sent. */
export async function askPerson(question: ElicitRequestParams, lines: Lines, screen: Screen): Promise<ElicitResult> {
  screen.warn(`a tool asks: ${plain(question.message)}`);
  if (question.mode === 'url') return askToOpen(question.url, lines, screen);
  screen.note(`(${DECLINE} declines, Ctrl-C cancels; no tool needs your password here)`);
  const content: Record<string, Value> = {};
  const required = new Set(question.requestedSchema.required);
  for (const [name, schema] of Object.entries(question.requestedSchema.properties)) {
    const answer = await askField(name, schema, required.has(name), lines, screen);
    if (answer === 'cancel' || answer === 'decline') return { action: answer };
    if (answer !== undefined) content[name] = answer.value;
  }
  return { action: 'accept', content };
}

async function askToOpen(url: string, lines: Lines, screen: Screen): Promise<ElicitResult> {
  screen.aside(`  ${plain(url)}`);
  const answer = await lines.next('open this page yourself, if you trust it, then y (or n) ? ', { fresh: true });
  if (answer === undefined) return { action: 'cancel' };
  return { action: /^\s*y(es)?\s*$/i.test(answer) ? 'accept' : 'decline' };
}

/** Undefined: an optional field was left out. */
async function askField(
  name: string,
  schema: unknown,
  isRequired: boolean,
  lines: Lines,
  screen: Screen,
): Promise<{ readonly value: Value } | undefined | 'cancel' | 'decline'> {
  const field = isObject(schema) ? schema : {};
  const fallback = valueOf(field['default']);
  const description = [field['title'], field['description']]
    .filter((text): text is string => typeof text === 'string' && text !== '')
    .join(': ');
  if (description !== '') screen.aside(`  ${plain(description)}`);
  const hint = [
    hintOf(field),
    ...(fallback === undefined ? (isRequired ? [] : ['Enter leaves it out']) : [`Enter: ${plain(String(fallback))}`]),
  ]
    .filter((part) => part !== '')
    .join('; ');
  for (;;) {
    const line = await lines.next(`  ${plain(name)}${hint === '' ? '' : ` (${hint})`} ? `, { fresh: true });
    if (line === undefined) return 'cancel';
    const typed = line.trim();
    if (typed === DECLINE) return 'decline';
    if (typed === '') {
      if (fallback !== undefined) return { value: fallback };
      if (!isRequired) return undefined;
    }
    const value = read(typed, field);
    if (!(value instanceof Unfit)) return { value };
    screen.warn(`  expected ${value.expected}`);
  }
}

function hintOf(field: Readonly<Record<string, unknown>>): string {
  const choices = choicesOf(field);
  if (choices.length > 0)
    return plain(choices.join(', ')) + (field['type'] === 'array' ? ': separate several by commas' : '');
  if (field['type'] === 'boolean') return 'y/n';
  const format = field['format'];
  return typeof format === 'string'
    ? plain(format)
    : typeof field['type'] === 'string' && field['type'] !== 'string'
      ? plain(field['type'])
      : '';
}

function read(typed: string, field: Readonly<Record<string, unknown>>): Value | Unfit {
  const choices = choicesOf(field);
  switch (field['type']) {
    case 'boolean':
      if (/^(y|yes|true)$/i.test(typed)) return true;
      return /^(n|no|false)$/i.test(typed) ? false : new Unfit('y or n');
    case 'number':
    case 'integer': {
      const number = Number(typed);
      if (typed === '' || !Number.isFinite(number)) return new Unfit('a number');
      return field['type'] === 'integer' && !Number.isInteger(number) ? new Unfit('a whole number') : number;
    }
    case 'array': {
      const parts = typed
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
      return parts.every((part) => choices.includes(part)) ? parts : new Unfit(`some of ${plain(choices.join(', '))}`);
    }
    default:
      if (typed === '') return new Unfit('an answer');
      return choices.length === 0 || choices.includes(typed) ? typed : new Unfit(`one of ${plain(choices.join(', '))}`);
  }
}

/** The values that a field may have, in any of the forms that a schema uses. */
function choicesOf(field: Readonly<Record<string, unknown>>): readonly string[] {
  const source = isObject(field['items']) ? field['items'] : field;
  const listed = source['enum'] ?? source['oneOf'] ?? source['anyOf'];
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((one: unknown) => {
    const value = isObject(one) ? one['const'] : one;
    return typeof value === 'string' ? [value] : [];
  });
}

function valueOf(value: unknown): Value | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined;
}
