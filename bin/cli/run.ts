/** The commands of an installed package: `npx agentcore-mcp-proxy [COMMAND] [options]`. Without COMMAND: `start`. */
import { nearest } from '../../lib/rules/nearest.ts';
import { VERSION } from '../../proxy/base/version.ts';
import { COMMANDS } from './commands.ts';

const [given, ...rest] = process.argv.slice(2);
if (given === undefined || given.startsWith('-')) {
  if (given === '--version' || given === '-v') console.log(VERSION);
  else await begin('start', process.argv.slice(2));
} else if (given === 'help') console.log(overview());
else await begin(given, rest);

async function begin(name: string, args: readonly string[]): Promise<void> {
  const command = COMMANDS.get(name);
  if (command === undefined) {
    const meant = nearest(name, [...COMMANDS.keys()]);
    console.error(
      `expected a command${meant === undefined ? '' : ` (such as ${meant})`}, got ${JSON.stringify(name)}\n\n${overview()}`,
    );
    process.exitCode = 2;
    return;
  }
  // Each command reads its options there, as it does when npm starts it.
  process.argv.splice(2, Infinity, ...args);
  await command.load();
}

function overview(): string {
  const shown = [...COMMANDS].filter(([, { does }]) => does !== undefined);
  const width = Math.max(...shown.map(([name]) => name.length));
  return `usage: npx agentcore-mcp-proxy [COMMAND] [options]; --help after a command shows its options

${shown.map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`).join('\n')}`;
}
