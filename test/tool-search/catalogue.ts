/** A made-up catalogue of 1,000 tools, and questions whose answer is one of them. Written before the ranker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MadeUpTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, { readonly type: 'string' }>>;
  };
}

export interface Question {
  readonly text: string;
  /** The name of the tool that answers it. */
  readonly tool: string;
}

type Style = 'snake' | 'kebab' | 'camel';

/** The three usual operations of a service, in the words that its authors chose. */
const USUAL: readonly (readonly (readonly [verb: string, description: string])[])[] = [
  [
    ['create', 'Create A: ABOUT.'],
    ['get', 'Get A by its id, with all fields.'],
    ['list', 'List THEM page by page, newest first.'],
  ],
  [
    ['add', 'Add A: ABOUT.'],
    ['search', 'Search THEM by text and conditions.'],
    ['remove', 'Remove A for good.'],
  ],
  [
    ['create', 'Create A: ABOUT.'],
    ['update', 'Change fields of A.'],
    ['delete', "Delete A. This can't be undone."],
  ],
  [
    ['new', 'Make A: ABOUT.'],
    ['fetch', 'Read A: ABOUT.'],
    ['edit', 'Edit A in place.'],
  ],
];

/** Returns 40 services with 5 things each, with 5 operations on each. */
export function catalogue(): MadeUpTool[] {
  const tools: MadeUpTool[] = [];
  let service = '';
  let style: Style = 'snake';
  let usual = -1;
  for (const line of lines('catalogue.txt')) {
    if (line.startsWith('# ')) {
      [service = '', style = 'snake'] = cells(line.slice(2)) as [string, Style];
      usual++;
      continue;
    }
    const [thing = '', about = '', fields = '', ...special] = cells(line);
    const one = `${/^[aeiou](?!ser)/.test(thing) ? 'an' : 'a'} ${thing}`;
    for (const [verb, description] of USUAL[usual % USUAL.length] ?? []) {
      const words = description.replace('ABOUT', about).replace('THEM', `${thing}s`).replace('A', one);
      const isById = verb === 'get' || verb === 'remove' || verb === 'delete' || verb === 'fetch';
      tools.push(toolOf(nameOf(service, style, verb, thing), words, isById ? ['id'] : fields.split(', ')));
    }
    for (const each of special) {
      const [, verb = '', description = '', args = ''] = /^(\w+): (.*) \((.*)\)$/.exec(each) ?? [];
      tools.push(toolOf(nameOf(service, style, verb, thing), description, ['id', ...args.split(', ')]));
    }
  }
  return tools;
}

export function questions(): Question[] {
  const styles = new Map(
    lines('catalogue.txt')
      .filter((line) => line.startsWith('# '))
      .map((line) => cells(line.slice(2)) as [string, Style]),
  );
  return lines('questions.txt').map((line) => {
    const [path = '', text = ''] = cells(line);
    const [service = '', verb = '', thing = ''] = path.split('/');
    return { text, tool: nameOf(service, styles.get(service) ?? 'snake', verb, thing) };
  });
}

function toolOf(name: string, description: string, fields: readonly string[]): MadeUpTool {
  const properties = Object.fromEntries(fields.map((field) => [field, { type: 'string' as const }]));
  return { name, description, inputSchema: { type: 'object', properties } };
}

function nameOf(service: string, style: Style, verb: string, thing: string): string {
  const words = [...verb.split('_'), ...thing.split(/[ -]/)];
  if (style === 'snake') return `${service}___${words.join('_')}`;
  if (style === 'kebab') return `${service}___${words.join('-')}`;
  return `${service}___${words.map((word, i) => (i === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('')}`;
}

function cells(line: string): string[] {
  return line.split(' | ');
}

function lines(file: string): string[] {
  return readFileSync(join(import.meta.dirname, file), 'utf8')
    .trim()
    .split('\n');
}
