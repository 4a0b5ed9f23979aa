/** The proxy's log, a line of it in a few words. */
import { MARK } from './upstream.ts';

/** The members of a line that say what happened. */
interface Line {
  readonly level?: string;
  readonly event?: string;
  readonly message?: string;
  readonly outcome?: string;
  readonly code?: string;
  readonly why?: string;
  readonly error?: { readonly message?: string; readonly code?: string };
}

/** An audit line by outcome and code, any other by level, event and text. */
export function summaryOf(line: string): string {
  const { level, event, message, outcome, code, why = '', error } = JSON.parse(line) as Line;
  if (level === undefined) return [event, outcome, code].filter((word) => word !== undefined).join(' ');
  if (event === 'refused') return `${level} refused ${code}: ${why.replace(/(127\.0\.0\.1|localhost):\d+/, 'HOST')}`;
  const cause = error?.message ?? error?.code;
  return `${event === undefined ? level : `${level} ${event}`}: ${message}${cause === undefined ? '' : ` (${cause})`}`;
}

/** Whether it is the audit line of a call that worked, between faults. */
export function isUsual(line: string): boolean {
  return line.includes('"name":"well"');
}

/** Lines that may not be written: no JSON object, or with a value of a call in it. */
export function broken(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    if (line.includes(MARK)) return [`a line holds a value of a call: ${line.slice(0, 300)}`];
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [] : [`a line is no object: ${line.slice(0, 300)}`];
    } catch {
      return [`a line is no JSON: ${line.slice(0, 300)}`];
    }
  });
}
