/** The rooms of `proxy/`, and which imports lint refuses where. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * From the bottom up: a room imports only from rooms before it. The wiring and what starts it are above all of them.
 */
export const ROOMS = [
  'base',
  'network',
  'json',
  'json-schema',
  'call',
  'reply',
  'credentials',
  'callers',
  'upstream',
  'aggregate',
  'pipeline',
  'controls/shared',
  'argument-names',
  'controls',
  'dispatch',
  'tool-search',
  'ingress',
  'telemetry',
  'config',
] as const;

/** One folder each. A control imports no other control, except where one is built on another. */
export const CONTROLS: readonly string[] = readdirSync(join(import.meta.dirname, 'proxy/controls'), {
  withFileTypes: true,
})
  .flatMap((entry) => (entry.isDirectory() && entry.name !== 'shared' ? [entry.name] : []))
  .toSorted();
export const BUILDS_ON: Readonly<Record<string, readonly string[]>> = { secrets: ['redaction'] };

/**
 * Rules that the proxy and the construct both check by, as data or a function. They import nothing, so that synth loads
 * no other code of the proxy.
 */
export const SHARED_WITH_LIB = [
  'proxy/base/aws-hosts.ts',
  'proxy/base/shown-url.ts',
  'proxy/config/allowed-host.ts',
  'proxy/config/plain-host.ts',
  'proxy/config/upstream-name.ts',
  'proxy/credentials/entra-id.ts',
  'proxy/credentials/signing-algorithms.ts',
  'proxy/credentials/web-identity-form.ts',
  'proxy/network/authorities.ts',
  'proxy/network/no-proxy.ts',
  'proxy/upstream/auth/certificate-digest.ts',
  'proxy/upstream/auth/client-methods.ts',
  'proxy/upstream/auth/identity-arns.ts',
  'proxy/upstream/auth/query-parameter.ts',
  'proxy/upstream/auth/secret-header.ts',
  'proxy/upstream/auth/subject-token-types.ts',
] as const;

export interface Pattern {
  readonly group: readonly string[];
  readonly message: string;
  readonly allowTypeImports?: boolean;
}

export const NO_CDK: Pattern = {
  group: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', '**/lib/**'],
  message: 'nothing in the container imports CDK',
};
/** What applies in every room. Overrides replace one another, so each of them repeats it. */
const EVERYWHERE: readonly Pattern[] = [
  NO_CDK,
  {
    group: ['**/local/**', '**/console/**', '**/traffic/**', '**/test/**', '**/bench/**', '**/bin/**'],
    message: 'proxy/ holds only what runs in the container',
  },
  {
    group: ['@modelcontextprotocol/*'],
    allowTypeImports: true,
    message: 'types only: objects of the SDK cost 12 to 15 times a byte pipe, and lose fields',
  },
];
const TOP = ['**/prepare.ts', '**/start-proxy.ts', '**/main.ts'];
const BUILT_IN: Pattern = {
  group: ['**/pipeline/control.ts'],
  allowTypeImports: true,
  message: 'a built-in control is made by defineBuiltIn (pipeline/define-built-in.ts), which demands its declarations',
};

/** Refuses import patterns in the files of these folders of the repository, by their glob. */
export const REFUSED: Readonly<Record<string, readonly Pattern[]>> = {
  'proxy/**': EVERYWHERE,
  ...Object.fromEntries(
    ROOMS.filter((room) => room !== 'controls').map((room) => [`proxy/${room}/**`, [...EVERYWHERE, upwards(room)]]),
  ),
  ...Object.fromEntries(
    CONTROLS.map((name) => [`proxy/controls/${name}/**`, [...EVERYWHERE, BUILT_IN, fromControl(name)]]),
  ),
};

function upwards(room: (typeof ROOMS)[number]): Pattern {
  const group = ROOMS.slice(ROOMS.indexOf(room) + 1).flatMap((above) =>
    above === 'controls' ? CONTROLS.map((name) => `**/controls/${name}/**`) : [`**/${above}/**`],
  );
  // These import what controls are only from the pipeline.
  if (['dispatch', 'ingress', 'telemetry'].includes(room)) group.push('**/controls/**');
  if (room === 'ingress') group.push('**/upstream/**');
  return { group: [...group, ...TOP], message: `${room}/ imports from rooms below it only (lint-rooms.ts)` };
}

function fromControl(name: string): Pattern {
  const others = CONTROLS.filter((other) => other !== name && !(BUILDS_ON[name] ?? []).includes(other));
  const above = ROOMS.slice(ROOMS.indexOf('controls') + 1).map((room) => `**/${room}/**`);
  // In any spelling: also `../audit/…` from another control.
  return {
    group: [...others.map((other) => `**/${other}/**`), ...above, ...TOP],
    message: 'a control imports no other control, and only from rooms below controls/ (lint-rooms.ts)',
  };
}
