/** Defines a control that comes with the proxy. */
import type { ClientMethod } from '../call/params.ts';
import type { BuiltIn } from './built-in.ts';
import type { ByMethod, Misspelt } from './by-method.ts';
import { type ControlDefinition, defineControl, type DefinedControl, type SetupContext } from './control.ts';
import type { Control } from './next.ts';

export interface BuiltInDefinition<S extends Control | ByMethod>
  extends
    Omit<ControlDefinition, 'replies' | 'setup'>,
    Pick<BuiltIn, 'stage' | 'does' | 'upstreams' | 'hides' | 'restores' | 'scopes' | 'pins'> {
  readonly replies:
    | 'ignores'
    | 'observes'
    | { readonly transforms: readonly ClientMethod[] }
    | { readonly transforms: 'all'; readonly resources: 'changes' | 'keeps' };
  setup(context: SetupContext): (S & Misspelt<S>) | Promise<S & Misspelt<S>>;
}

export interface BuiltInControl extends DefinedControl {
  readonly builtIn: BuiltIn;
}

/** Makes a built-in control. Its declarations are required, so the compiler names the one that is missing. */
export function defineBuiltIn<S extends Control | ByMethod>({
  stage,
  does,
  upstreams,
  hides,
  restores,
  scopes,
  pins,
  replies,
  ...definition
}: BuiltInDefinition<S>): BuiltInControl {
  const declared = typeof replies === 'object' && replies.transforms === 'all' ? ('transforms' as const) : replies;
  const changesResources =
    typeof replies === 'object' && 'resources' in replies ? replies.resources === 'changes' : undefined;
  return Object.freeze({
    ...defineControl<S>({ ...definition, replies: declared }),
    builtIn: Object.freeze({ stage, does, changesResources, upstreams, hides, restores, scopes, pins }),
  });
}
