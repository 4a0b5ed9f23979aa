/** Describes a built proxy for its deployment, from its config only, without running any control's `setup`. */
import type { BindingKind } from '../pipeline/binding-need.ts';
import { attentionOf } from '../pipeline/control.ts';
import { TELEMETRY_VARIABLES } from '../telemetry/bindings.ts';
import { prefixOf, UPSTREAM_VARIABLES } from './bindings.ts';
import type { Settings } from './config.ts';
import type { Digests } from './digests.ts';
import { PROCESS_VARIABLES } from './process-variables.ts';

export interface Described {
  readonly upstreams: readonly { readonly name: string; readonly bindings: string; readonly reopen: boolean }[];
  /** Outermost first. */
  readonly controls: readonly {
    readonly name: string;
    readonly replies: string;
    readonly auditOnly: boolean;
    readonly perCaller: boolean;
    readonly bindings: readonly string[];
  }[];
  readonly replies: string;
  readonly bindings: readonly Binding[];
  /** Request headers that must reach the container (`required`), or that are used if they do. */
  readonly headers: readonly { readonly name: string; readonly required: boolean; readonly for: string }[];
  readonly caller: { readonly source: string };
  /** Digest of the config and what it imports. Empty if the proxy isn't built. */
  readonly digests: Digests;
  /** Warnings of controls about their options. */
  readonly warnings: readonly string[];
}

export interface Binding {
  readonly name: string;
  readonly for: string;
  readonly required: boolean;
  readonly neededBy: string;
  /** What the value stands for, which decides the permissions of the execution role. */
  readonly kind: BindingKind;
  /** IAM actions on the bound ARN, beyond those of its kind. */
  readonly actions: readonly string[];
}

export function describeProxy(settings: Settings, warnings: readonly string[] = [], digests: Digests = {}): Described {
  const { upstreams, controls, caller, search } = settings;
  const bindings: Binding[] = [];
  const optional = (name: string, purpose: string, neededBy: string): void => {
    bindings.push({ name, for: purpose, required: false, neededBy, kind: 'value', actions: [] });
  };
  for (const [name, purpose] of Object.entries(PROCESS_VARIABLES)) optional(name, purpose, 'process');
  optional(
    'AWS_REGION',
    'iam: the region to sign for, if the upstream address names none',
    `upstream ${upstreams.map(({ name }) => name).join(', ')}`,
  );
  for (const [name, purpose] of Object.entries(TELEMETRY_VARIABLES)) optional(name, purpose, 'telemetry');
  for (const upstream of upstreams) {
    for (const [name, purpose] of Object.entries(UPSTREAM_VARIABLES)) {
      bindings.push({
        name: `${prefixOf(upstream.name)}_${name}`,
        for: purpose,
        required: name === 'URL',
        neededBy: `upstream ${upstream.name}`,
        kind: 'value',
        actions: [],
      });
    }
  }
  for (const control of controls) {
    for (const [name, { for: purpose, kind = 'value', actions = [] }] of Object.entries(control.bindings)) {
      bindings.push({ name, for: purpose, required: true, neededBy: `control ${control.name}`, kind, actions });
    }
  }
  for (const [name, purpose] of Object.entries(caller.bindings)) {
    bindings.push({
      name,
      for: purpose,
      required: true,
      neededBy: `caller ${caller.kind}`,
      kind: 'value',
      actions: [],
    });
  }
  return {
    upstreams: upstreams.map(({ name, reopen }) => ({ name, bindings: prefixOf(name), reopen })),
    controls: controls.map(({ name, replies, auditOnly, perCaller, bindings: own }) => ({
      name,
      replies,
      auditOnly,
      perCaller,
      bindings: Object.keys(own),
    })),
    replies: search === undefined ? attentionOf(controls) : 'transforms',
    bindings,
    headers: [
      ...caller.headers.map((name) => ({ name, required: true, for: `caller ${caller.kind}` })),
      ...['mcp-protocol-version', 'mcp-method', 'mcp-name', 'last-event-id', 'traceparent', 'tracestate'].map(
        (name) => ({ name, required: false, for: 'passed on if it arrives' }),
      ),
    ],
    caller: { source: caller.kind },
    digests,
    warnings,
  };
}
