/** Describes a built proxy for its deployment, from its config only, without running any control's `setup`. */
import { NETWORK_VARIABLES } from '../network/forward-proxies.ts';
import type { BindingKind } from '../pipeline/binding-need.ts';
import type { Pins } from '../pipeline/built-in.ts';
import { attentionOf } from '../pipeline/control.ts';
import { TELEMETRY_VARIABLES } from '../telemetry/bindings.ts';
import type { SearchSettings } from '../tool-search/settings.ts';
import { prefixOf, UPSTREAM_VARIABLES } from './bindings.ts';
import type { Settings } from './config.ts';
import type { Digests } from './digests.ts';
import { PROCESS_VARIABLES } from './process-variables.ts';

export interface Described {
  readonly upstreams: readonly {
    readonly name: string;
    readonly bindings: string;
    readonly reopen: boolean;
    /** What the names of its tools begin with; empty: nothing. */
    readonly prefix: string;
  }[];
  /** The options of tool search in words; `none`: all tools are listed. */
  readonly search: string;
  /** Outermost first. */
  readonly controls: readonly {
    readonly name: string;
    readonly replies: string;
    readonly auditOnly: boolean;
    readonly perCaller: boolean;
    readonly bindings: readonly string[];
    /** The methods whose replies it maps, if not all. */
    readonly maps?: readonly string[];
    readonly lock?: DescribedLock;
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

/** The lock that a control holds upstreams to. */
export interface DescribedLock {
  readonly sha256: string;
  /** False: what differs is only logged. */
  readonly enforces: boolean;
  /** Names that may differ. */
  readonly except: readonly string[];
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
  /** IAM condition keys of these actions, with the value of each. @default - none */
  readonly conditions?: Readonly<Record<string, string>>;
}

export function describeProxy(settings: Settings, warnings: readonly string[] = [], digests: Digests = {}): Described {
  const { upstreams, separator, controls, caller, search } = settings;
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
  for (const [name, purpose] of Object.entries(NETWORK_VARIABLES)) optional(name, purpose, 'network');
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
    for (const [name, { for: purpose, kind = 'value', actions = [], conditions }] of Object.entries(control.bindings)) {
      bindings.push({
        name,
        for: purpose,
        required: true,
        neededBy: `control ${control.name}`,
        kind,
        actions,
        ...(conditions === undefined ? {} : { conditions }),
      });
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
    upstreams: upstreams.map(({ name, reopen, prefix }) => ({
      name,
      bindings: prefixOf(name),
      reopen,
      prefix: prefix === '' ? '' : prefix + separator,
    })),
    search: search === undefined ? 'none' : searchText(search),
    controls: controls.map(({ name, replies, maps, auditOnly, perCaller, bindings: own, builtIn }) => ({
      name,
      replies,
      auditOnly,
      perCaller,
      bindings: Object.keys(own),
      ...(replies === 'transforms' && maps !== 'all' ? { maps } : {}),
      ...(builtIn?.pins === undefined ? {} : { lock: lockOf(builtIn.pins) }),
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

function searchText({ names, pinned, limit }: SearchSettings): string {
  return `${names.search} and ${names.call}, pinned ${pinned.length === 0 ? 'none' : pinned.toSorted().join(', ')}, limit ${limit}`;
}

function lockOf({ lock, enforces, except }: Pins): DescribedLock {
  const sha256 = process.getBuiltinModule('node:crypto').hash('sha256', JSON.stringify(lock));
  return { sha256: `sha256:${sha256}`, enforces, except };
}
