/** `npm run build [-- --config FILE] [--out DIR]`: the proxy with one config, as a folder that needs nothing but Node. */
import { isAbsolute, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProxy } from './bundle.ts';

const { values } = parseArgs({ options: { config: { type: 'string' }, out: { type: 'string' } } });
const out = resolve(values.out ?? 'dist/proxy');
const built = await buildProxy({ config: resolve(values.config ?? 'proxy.config.ts'), out });
const shown = relative(process.cwd(), out);
console.log(`${isAbsolute(shown) || shown.startsWith('..') ? out : shown}: ${built.files.length} files, ${kb(built.bytes)} KB in all, ${kb(built.startBytes)} KB of them loaded at the start`);

function kb(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}
