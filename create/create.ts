/** `npm create agentcore-mcp-proxy`: what `init` does, bundled into one file without dependencies. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { init } from '../bin/init/run.ts';

const at = (name: string): string => join(import.meta.dirname, name);

process.exitCode = init(
  process.argv.slice(2),
  () => ({
    template: at('template'),
    cdkJson: at('cdk.json'),
    pins: JSON.parse(readFileSync(at('pins.json'), 'utf8')) as Record<string, string>,
  }),
  {
    started: 'npm create agentcore-mcp-proxy --',
    // npm starts it where the command was typed.
    resolve: (path) => resolve(path),
    print: (text) => console.log(text),
    complain: (text) => console.error(text),
  },
);
