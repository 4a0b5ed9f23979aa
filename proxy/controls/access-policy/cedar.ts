/** Cedar, loaded when first used: its wasm is larger than all the rest of the proxy. */
import type * as CedarWasm from '@cedar-policy/cedar-wasm/web';

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

let loaded: Promise<Cedar> | undefined;

/** The one instance of this process. */
export function loadCedar(): Promise<Cedar> {
  return (loaded ??= load());
}

async function load(): Promise<Cedar> {
  const [{ initSync, ...cedar }, module] = await Promise.all([import('@cedar-policy/cedar-wasm/web'), compile()]);
  initSync({ module });
  return cedar;
}

/** There on every Node, and not among its types. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/** Compiles on threads of its own, beside everything else. */
async function compile(): Promise<object> {
  const [{ readFile }, { wasmFile }] = await Promise.all([import('node:fs/promises'), import('./wasm-file.ts')]);
  return WebAssembly.compile(await readFile(wasmFile));
}
