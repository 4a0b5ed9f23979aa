/** What the compiler reports to a control's author: checked by `tsc`, never run. */
import type {
  GetSkillRequestParams,
  ListSkillsRequestParams,
  ReadResourceDirectoryRequestParams,
} from '@modelcontextprotocol/core/ext/skills';
import type { Call } from '../../proxy/call/call.ts';
import type { ParamsOf } from '../../proxy/call/params.ts';
import type { ByMethod } from '../../proxy/pipeline/by-method.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import type { Control } from '../../proxy/pipeline/next.ts';

// Each method has its own parameters, which may be missing only if the protocol allows it.
export const uri = (params: ParamsOf<'resources/read'>): string => params.uri;
// The parameters of extensions are those of the protocol package.
export const skill = (params: GetSkillRequestParams): ParamsOf<'skills/get'> => params;
export const skills = (params: ListSkillsRequestParams): ParamsOf<'skills/list'> => params;
export const directory = (
  params: ReadResourceDirectoryRequestParams,
): ParamsOf<'resources/directory/read'> & { readonly cursor?: string | undefined } => params;
export const absent: ParamsOf<'tools/list'> & ParamsOf<'acme/unknown'> = undefined;
// @ts-expect-error tools/call has a name
export const missing: ParamsOf<'tools/call'> = undefined;

export const narrowing: Control = (call, next) => {
  // @ts-expect-error before it is narrowed, a call's parameters may be missing
  void call.params.name;
  if (call.is('tools/call')) {
    const name: string = call.params.name;
    // @ts-expect-error parameters are readonly
    call.params.name = name;
    // @ts-expect-error a call is immutable
    call.method = 'tools/call';
    // @ts-expect-error tools/call has no uri
    void call.params.uri;
    return next(call.with({ ...call.params, name: 'other' }));
  }
  if (call.is('completion/complete')) {
    // @ts-expect-error readonly at every depth
    call.params.argument.value = 'x';
  }
  // @ts-expect-error no method of the protocol
  void call.is('tools/cal');
  // @ts-expect-error parameters are an object
  return next(call.with('text'));
};

export const passing: ByMethod = {
  otherwise: 'pass',
  'tools/call': (call, next) => next(call.with({ ...call.params, name: call.params.name })),
};

// @ts-expect-error a per-method control says what happens to the other methods
export const silent: ByMethod = { 'tools/call': (call, next) => next(call) };

// @ts-expect-error 'pass' or 'deny'
export const undecided: ByMethod = { otherwise: 'maybe' };

export const misspelt: ByMethod = {
  otherwise: 'deny',
  // @ts-expect-error no method of the protocol
  'tools/cal': (call: Call, next: Parameters<Control>[1]) => next(call),
};

// Also if nothing else would report it: in the return value of a setup.
export const misspeltAtOnce = defineControl({
  name: 'x',
  // @ts-expect-error no method of the protocol
  setup: () => ({ otherwise: 'pass', 'tools/cal': () => Promise.reject(new Error()) }),
});
export const misspeltLater = defineControl({
  name: 'x',
  // @ts-expect-error no method of the protocol
  setup: async () => ({ otherwise: 'pass', 'tools/cal': () => Promise.reject(new Error()) }),
});
export const unhandled = defineControl({
  name: 'x',
  // @ts-expect-error no handler
  setup: async () => ({ otherwise: 'pass', 'tools/call': undefined }),
});
// @ts-expect-error no member of a definition
export const strange = defineControl({ name: 'x', replys: 'ignores', setup: () => narrowing });

export const typedLater = defineControl({
  name: 'x',
  setup: async ({ bindings }) => ({
    otherwise: 'pass',
    'tools/call': (call, next) => next(call.with({ ...call.params, name: bindings['X'] ?? call.params.name })),
    ping: (call, next) => next(call),
  }),
});

export const wrongParams: ByMethod = {
  otherwise: 'deny',
  // @ts-expect-error resources/read is named by its uri
  'resources/read': (call, next) => (call.params.name === '' ? next(call) : next(call)),
};

// @ts-expect-error a control returns what next() gave it
export const forgetful: Control = async (call, next) => {
  await next(call);
};

// @ts-expect-error a definition has a name
export const nameless = defineControl({ setup: () => narrowing });

export const facts = (call: Call): void => {
  call.note({ control: 'x', count: 3, hit: true });
  // @ts-expect-error a fact holds no values out of a call
  call.note({ params: call.params });
  // @ts-expect-error the record is append-only
  call.facts.push({});
};
