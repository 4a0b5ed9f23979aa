/** A line of the log, for a person at a terminal. */
import { printable } from '../proxy/base/printable.ts';
import { isObject } from '../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../proxy/json/value.ts';

type Paint = (text: string) => string;

const DIM: Paint = (text) => `\u001B[2m${text}\u001B[22m`;
const RED: Paint = (text) => `\u001B[31m${text}\u001B[39m`;
const YELLOW: Paint = (text) => `\u001B[33m${text}\u001B[39m`;
const PLAIN: Paint = (text) => text;

/** The line as it is, if it is none of the proxy's. */
export function readable(line: string, colours: boolean): string {
  const entry = parsed(line);
  if (entry === undefined) return line;
  const paint = (with_: Paint): Paint => (colours ? with_ : PLAIN);
  const { time, level, message, event, ...rest } = entry;
  const at = typeof time === 'string' ? `${paint(DIM)(clock(time))} ` : '';
  if (typeof message === 'string') {
    const words = level === 'error' ? paint(RED)('error ') : level === 'warn' ? paint(YELLOW)('warning ') : '';
    const more = membersOf(level === 'info' || event === undefined ? rest : { event, ...rest });
    const [first = '', ...following] = message.split('\n');
    // Set in, so that no line of a message can be taken for a line of the log.
    const below = following.map((each) => `\n    ${printable(each)}`).join('');
    return `${at}${words}${printable(first)}${more === '' ? '' : `  ${paint(DIM)(more)}`}${below}`;
  }
  if (event === 'call') return at + callOf(rest, paint);
  return `${at}${printable(typeof event === 'string' ? event : 'metrics')}  ${paint(DIM)(membersOf(rest))}`;
}

/** As the audit control records it. */
function callOf(entry: JsonObject, paint: (with_: Paint) => Paint): string {
  const { id, method, name, caller, outcome, code, ms, decisions } = entry;
  const total = isObject(ms) ? ms['total'] : undefined;
  const isGood = outcome === 'ok' || outcome === undefined;
  const refusing = Array.isArray(decisions)
    ? decisions.find((each: JsonValue) => isObject(each) && each['decision'] === (code ?? outcome))
    : undefined;
  const words = [
    text(method),
    text(name),
    isGood ? text(outcome) : paint(RED)(text(code ?? outcome)),
    isObject(refusing) ? `by ${text(refusing['control'])}` : '',
    typeof total === 'number' ? paint(DIM)(`${total < 10 ? total.toFixed(1) : Math.round(total)} ms`) : '',
    caller === undefined ? '' : paint(DIM)(text(caller)),
    // The client got it as `errorId`.
    isGood || id === undefined ? '' : paint(DIM)(`id ${text(id)}`),
  ];
  return words.filter((word) => word !== '').join('  ');
}

function membersOf(entry: JsonObject): string {
  return Object.entries(entry)
    .map(([name, value]) => `${printable(name)}: ${text(name === 'error' ? reasonOf(value) : value)}`)
    .join('  ');
}

/** Of an error what happened; its stack is in the JSON, which a pipe gets. */
function reasonOf(error: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(error)) return error;
  const { type, code, message } = error;
  return [type, code, message].filter((part) => typeof part === 'string').join(' ');
}

function text(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

function clock(time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? printable(time) : at.toTimeString().slice(0, 8);
}

function parsed(line: string): JsonObject | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && ('message' in value || 'event' in value || '_aws' in value) ? value : undefined;
  } catch {
    return undefined;
  }
}
