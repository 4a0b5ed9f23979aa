/**
 * Where Cedar's wasm is. In a bundle this file is another one (bin/bundle.ts), which finds it beside the chunk: that is
 * all that is known of it here.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// All of the package's builds have the same one.
export const wasmFile: URL = new URL(
  'cedar_wasm_bg.wasm',
  pathToFileURL(createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs')),
);
