/** The MCP Inspector's command line, a new session each time. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const INSPECTOR = fileURLToPath(new URL('../../node_modules/.bin/mcp-inspector', import.meta.url));

/** What a tool answers, as text; rejects if the call is refused. */
export type Call = (tool: string, args: Readonly<Record<string, string | number>>) => Promise<string>;

export function inspector(url: string): { readonly list: () => Promise<readonly string[]>; readonly call: Call } {
  const run = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(INSPECTOR, ['--cli', url, '--transport', 'http', ...args], {
      env: { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: tmpdir() },
    });
    return stdout;
  };
  return {
    list: async () => {
      const { tools } = JSON.parse(await run('--method', 'tools/list')) as { tools: readonly { name: string }[] };
      return tools.map(({ name }) => name);
    },
    call: (tool, args) =>
      run(
        '--method',
        'tools/call',
        '--tool-name',
        tool,
        ...Object.entries(args).flatMap(([name, value]) => ['--tool-arg', `${name}=${value}`]),
      ),
  };
}
