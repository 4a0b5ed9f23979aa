import type * as CedarWasm from '@cedar-policy/cedar-wasm/web';
/** Loads Cedar on first use: its wasm is larger than the rest of the proxy. */
import { loadedOnce } from '../../base/loaded.ts';

export type Cedar = Pick<
  typeof CedarWasm,
  | 'policySetTextToParts'
  | 'policyToJson'
  | 'policyToText'
  | 'formatPolicies'
  | 'schemaToText'
  | 'preparsePolicySet'
  | 'statefulIsAuthorized'
  | 'validate'
>;

/** One instance per process. */
export const loadCedar = loadedOnce(load);

async function load(): Promise<Cedar> {
  const [{ initSync, ...cedar }, module] = await Promise.all([import('@cedar-policy/cedar-wasm/web'), compile()]);
  initSync({ module });
  return cedar;
}

/** Exists in every Node, but not in its types. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/** Compiles on separate threads. */
async function compile(): Promise<object> {
  const [{ readFile }, { wasmFile }] = await Promise.all([import('node:fs/promises'), import('./wasm-file.ts')]);
  return WebAssembly.compile(await readFile(wasmFile));
}
