/**
 * Imported by every command that prints a result: what the proxy's code logs meanwhile goes to standard error, in words
 * on a terminal. `npm start` runs a proxy, whose log is its output.
 */
import { divert } from '../proxy/base/log.ts';
import { readable } from './readable-line.ts';

divert((lines) => {
  const { stderr } = process;
  if (!stderr.isTTY) {
    stderr.write(lines);
    return;
  }
  const colours = stderr.hasColors() && (process.env['NO_COLOR'] ?? '') === '';
  for (const line of lines.split('\n')) if (line !== '') stderr.write(`${readable(line, colours)}\n`);
});
