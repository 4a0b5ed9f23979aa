/**
 * Preloaded into the proxy in a separate run: records each file that is loaded as a module or read through `node:fs`,
 * and answers over IPC with the list. The harness ignores files outside of the folder.
 */
import fs from 'node:fs';
import { registerHooks, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const files = new Set<string>();

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) files.add(fileURLToPath(url));
    return nextLoad(url, context);
  },
});

function note(path: unknown): void {
  if (typeof path === 'string') files.add(path);
  else if (path instanceof URL && path.protocol === 'file:') files.add(fileURLToPath(path));
}
const { readFileSync, readFile, openSync, createReadStream } = fs;
const readFilePromise = fs.promises.readFile;
Object.assign(fs, {
  readFileSync: (...args: Parameters<typeof readFileSync>) => (note(args[0]), readFileSync(...args)),
  readFile: (...args: Parameters<typeof readFile>) => (note(args[0]), readFile(...args)),
  openSync: (...args: Parameters<typeof openSync>) => (note(args[0]), openSync(...args)),
  createReadStream: (...args: Parameters<typeof createReadStream>) => (note(args[0]), createReadStream(...args)),
});
fs.promises.readFile = ((...args: Parameters<typeof readFilePromise>) => (
  note(args[0]),
  readFilePromise(...args)
)) as typeof readFilePromise;
syncBuiltinESMExports();

process.on('message', () => process.send?.({ files: [...files] }));
process.on('disconnect', () => process.exit(0));
process.channel?.unref();
