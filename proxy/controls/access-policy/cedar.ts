/** Cedar, loaded when first used: its wasm is larger than all the rest of the proxy. */
import type * as CedarWasm from '@cedar-policy/cedar-wasm/web';

export type Cedar = Pick<typeof CedarWasm, 'policySetTextToParts' | 'policyToJson' | 'policyToText' | 'formatPolicies' | 'schemaToText' | 'preparsePolicySet' | 'statefulIsAuthorized' | 'validate'>;

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

/** Compiles on threads of its own, beside everything else. A `WebAssembly.Module`, which Node's types don't know. */
async function compile(): Promise<object> {
  const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: { compile(bytes: Uint8Array): Promise<object> } };
  const [{ readFile }, { wasmFile }] = await Promise.all([import('node:fs/promises'), import('./wasm-file.ts')]);
  return wasm.compile(await readFile(wasmFile));
}
