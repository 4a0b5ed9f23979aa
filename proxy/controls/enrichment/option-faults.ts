/** Checks the options of `enrichment`. */
import { kindOf } from '../../base/kind-of.ts';
import { gotForNames, memberFaults, optionsOf } from '../shared/members.ts';
import { Names } from './names.ts';
import type { EnrichmentOptions } from './options.ts';

const KNOWN = ['tools', 'hide', 'groups'];
const CHANGES = ['name', 'title', 'description', 'arguments', 'annotations', 'meta', 'delimit'];
/** Valid tool names of MCP (2025-11-25, tools, tool names). */
const NAME = /^[\w./-]{1,128}$/;
const PREFIX = /^[\w./-]{1,64}$/;

type Given = Readonly<Record<string, unknown>>;

/**
 * Returns all faults. Checks types, too, because a config may come from a file without types. Throws `TypeError` if the
 * options are missing.
 */
export function faultsOf(options: EnrichmentOptions): string[] {
  const given = optionsOf(options, 'enrichment', 'such as { tools: { … } }');
  const faults = memberFaults(given, KNOWN);
  if (faults.length > 0) return faults;
  const { tools = {}, hide = [], groups = {} } = given;
  if (!areNames(hide)) faults.push(`hide: expected a list of names of tools, got ${gotForNames(hide)}`);
  for (const [prefix, names] of entriesOf(groups, 'groups', faults)) {
    if (!PREFIX.test(prefix))
      faults.push(`groups: expected a prefix of letters, digits, _, -, . and /, got ${JSON.stringify(prefix)}`);
    if (!areNames(names)) faults.push(`groups.${prefix}: expected a list of names of tools, got ${gotForNames(names)}`);
  }
  for (const [tool, changes] of entriesOf(tools, 'tools', faults)) changeFaults(`tools.${tool}`, tool, changes, faults);
  return faults.length > 0 ? faults : collisions(options);
}

function entriesOf(value: unknown, where: string, faults: string[]): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  faults.push(`${where}: expected an object, got ${kindOf(value)}`);
  return [];
}

function areNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function changeFaults(where: string, tool: string, changes: unknown, faults: string[]): void {
  const given: Given = Object.fromEntries(entriesOf(changes, where, faults));
  const wrong = memberFaults(given, CHANGES, where);
  if (wrong.length > 0) {
    faults.push(...wrong);
    return;
  }
  const { name, title, description, delimit } = given;
  if (name !== undefined && (typeof name !== 'string' || !NAME.test(name)))
    faults.push(`${where}.name: expected up to 128 letters, digits, _, -, . and /, got ${JSON.stringify(name)}`);
  if (name !== undefined && tool.includes('*'))
    faults.push(`${where}.name: expected one tool, got a pattern: give each tool its own entry`);
  if (title !== undefined && typeof title !== 'string')
    faults.push(`${where}.title: expected a string, got ${kindOf(title)}`);
  if (description !== undefined && typeof description !== 'string' && typeof description !== 'function')
    faults.push(`${where}.description: expected a string or a function that returns one, got ${kindOf(description)}`);
  if (delimit !== undefined && typeof delimit !== 'boolean')
    faults.push(`${where}.delimit: expected true or false, got ${kindOf(delimit)}`);
  for (const member of ['annotations', 'meta'] as const)
    if (given[member] !== undefined) entriesOf(given[member], `${where}.${member}`, faults);
  if (given['arguments'] === undefined) return;
  for (const [argument, source] of entriesOf(given['arguments'], `${where}.arguments`, faults)) {
    const from: Given = Object.fromEntries(entriesOf(source, `${where}.arguments.${argument}`, faults));
    if (!isSource(from))
      faults.push(`${where}.arguments.${argument}: expected { value }, { claim } or { binding, for }`);
  }
}

function isSource(from: Given): boolean {
  const isText = (member: string): boolean => typeof from[member] === 'string' && from[member] !== '';
  switch (Object.keys(from).toSorted().join()) {
    case 'value':
      return from['value'] !== undefined;
    case 'claim':
      return isText('claim');
    case 'binding,for':
      return isText('binding') && isText('for');
    default:
      return false;
  }
}

/** Tools that would get the same name, as far as the config shows. */
function collisions(options: EnrichmentOptions): string[] {
  const names = new Names(options);
  return Object.keys(options.tools ?? {}).flatMap((tool) => {
    const shown = tool.includes('*') ? undefined : names.shownAs(tool);
    const other = shown === undefined ? tool : names.upstreamOf(shown);
    return shown === undefined || other === tool
      ? []
      : [
          `tools.${tool}: expected a unique name, got ${shown}, which ${other ?? 'another tool'} has too: rename one of them`,
        ];
  });
}
