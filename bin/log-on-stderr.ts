/**
 * Imported by every command that prints a result: what the proxy's code logs meanwhile goes to standard error, in words
 * on a terminal. `npm start` runs a proxy, whose log is its output.
 */
import { divert } from '../proxy/base/log.ts';
import { readable } from './readable-line.ts';

divert((lines) => {
  const { stderr } = process;
  const colours = stderr.isTTY && stderr.hasColors() && (process.env['NO_COLOR'] ?? '') === '';
  for (const line of lines.split('\n'))
    if (line !== '' && !isOfOtherEra(line)) stderr.write(`${stderr.isTTY ? readable(line, colours) : line}\n`);
});

/** Commands ask in both eras, and most upstreams speak one of them: that is no news. What neither era has is an error of the command. */
function isOfOtherEra(line: string): boolean {
  return line.includes('"event":"upstream-missing"') && line.includes('"hint":"it may speak only the ');
}
