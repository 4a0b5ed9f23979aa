/** `npm run build`: builds the proxy with one config into a folder that needs only Node. */
import './log-on-stderr.ts';
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProxy } from './bundle.ts';
import { explain } from './explain.ts';
import { fromHere } from './from-here.ts';
import { exitCodeOf, OptionError } from './option-error.ts';
import { defaultConfig, PROJECT } from './project.ts';

const USAGE = `usage: npm run build -- [--config FILE] [--out DIR] [--readable]

  --config    a proxy.config.ts, inside or outside this repository (default: this repository's)
  --out       the folder to write (default dist/proxy); an earlier build in it is replaced
  --readable  not minified: for profiles and stack traces

exit codes: 0 built, 1 not, 2 wrong options`;

try {
  await main();
} catch (error) {
  // esbuild has already printed its errors, with the lines.
  console.error(error instanceof Error && 'errors' in error ? 'nothing was built' : explain(error, USAGE));
  process.exitCode = exitCodeOf(error);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      out: { type: 'string' },
      readable: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return console.log(USAGE);
  const out = values.out === undefined ? join(PROJECT, 'dist/proxy') : fromHere(values.out);
  const config = values.config === undefined ? defaultConfig() : fromHere(values.config);
  if (!existsSync(config)) throw new OptionError([`--config: expected a file, found nothing at ${config}`]);
  const built = await buildProxy({ config, out, readable: values.readable });
  for (const warning of built.warnings) console.warn(`warning: ${warning}`);
  const shown = relative(process.cwd(), out);
  console.log(
    `${isAbsolute(shown) || shown.startsWith('..') ? out : shown}: ${built.files.length} files, ${kb(built.bytes)} KB in all, ${kb(built.startBytes)} KB of them loaded at the start`,
  );
}

function kb(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
