/**
 * Has the bundle take `node:http` without the parts that belong to `fetch`.
 *
 * An `import` of a built-in module reads each of its members. Some of `node:http` (`WebSocket`, `MessageEvent`) load undici,
 * more code than this proxy has: a fifth of the time of a start. Taken at run time, the module loads what is used.
 */
import http from 'node:http';
import type { Plugin } from 'esbuild';

const NAME = 'http-without-fetch';
/** Members that load it. A package that imports them by name can't be built. */
const OF_FETCH: ReadonlySet<string> = new Set(['WebSocket', 'CloseEvent', 'MessageEvent']);

/** @param ours the folder whose modules get one that is in their chunk; packages share another */
export function httpWithoutFetch(ours: string): Plugin {
  return {
    name: NAME,
    setup(builder) {
      builder.onResolve({ filter: /^(?:node:)?http$/ }, ({ kind, importer }) => {
        if (kind !== 'import-statement' && kind !== 'dynamic-import') return undefined;
        const isOurs = importer.startsWith(`${ours}/`);
        // A deployment's own modules may want what is left out.
        if (!isOurs && !importer.includes('/node_modules/')) return undefined;
        const path = isOurs && kind === 'import-statement' ? 'http' : 'http-later';
        return { path, namespace: NAME, sideEffects: false };
      });
      builder.onLoad({ filter: /./, namespace: NAME }, () => ({ contents: source(), loader: 'js' }));
    },
  };
}

function source(): string {
  const members = Object.keys(http).filter((name) => !OF_FETCH.has(name));
  return [
    "const http = process.getBuiltinModule('node:http');",
    'export default http;',
    ...members.map((name) => `export const ${name} = /* @__PURE__ */ (() => http.${name})();`),
  ].join('\n');
}
