/** The location of Cedar's wasm. Bundles replace this file (bin/bundle.ts) by one that finds it beside the chunk. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// All builds of the package have the same wasm file.
export const wasmFile: URL = new URL(
  'cedar_wasm_bg.wasm',
  pathToFileURL(createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs')),
);
