import { kindOf } from '../../base/kind-of.ts';
import type { Decide } from '../shared/decide.ts';
import type { Detector } from '../shared/detectors/detector.ts';
/** The options of `tokenization`, and their checks. */
import { mayHoldFinds } from '../shared/detectors/traces.ts';
import { type Scope, Scopes } from '../shared/surfaces/scope.ts';
import type { Field, RestoreField, Rules } from './rules.ts';

export interface TokenizationOptions {
  /** The control's name, in facts, logs and metrics. Two tokenizations of one proxy need two. @default 'tokenization' */
  readonly name?: string;
  /**
   * Who sees tokens instead of data. `upstream`: data in calls is hidden from it, and tokens in its replies are
   * restored for the client. `client`: data in replies is hidden from it (and from its model).
   * @default 'upstream'
   */
  readonly hideFrom?: 'upstream' | 'client';
  /**
   * The owner of the tokens: tokens of one tenant can't be opened as another's. A fixed name, or the caller's claim
   * with the name.
   */
  readonly tenant: string | { readonly claim: string };
  /** Fields that are hidden completely, for any value. They come before detectors. @default - none */
  readonly fields?: readonly Field[];
  /** Detectors for data anywhere else. @default - none */
  readonly detectors?: readonly Detector[];
  /** Places at which nothing is hidden. @default - none */
  readonly keep?: readonly Scope[];
  /**
   * Fields at which tokens are restored on the way to the upstream, and nothing is hidden from it.
   * @default - none
   */
  readonly restore?: readonly RestoreField[];
  /**
   * Whether tokens are restored for the client in URLs that software may fetch. The author of a URL chooses its host,
   * and a client that shows a picture sends the URL's contents to that host.
   * @default false - there they stay tokens
   */
  readonly restoreInUrls?: boolean;
  /** What happens to a value if no token matches the tool's schema. @default 'refuse' */
  readonly whenNoToken?: 'refuse' | 'redact';
  /**
   * Asked with the action `detokenize` whether a side may see a value in clear: before a token is restored, and, with
   * `hideFrom: 'client'`, before a value is hidden.
   * @default - an upstream sees the fields of `restore`; a client sees what its calls hid, and nothing that
   * `hideFrom: 'client'` hides
   */
  readonly decide?: Decide;
  /** The environment variable that says where the keyring is. @default 'TOKENIZATION_KEYRING' */
  readonly keyring?: string;
}

const KNOWN = [
  'name',
  'hideFrom',
  'tenant',
  'fields',
  'detectors',
  'keep',
  'restore',
  'restoreInUrls',
  'whenNoToken',
  'decide',
  'keyring',
];
/** Allowed members of entries besides those of a scope. */
const MEMBERS: Readonly<Record<'fields' | 'keep' | 'restore', readonly string[]>> = {
  fields: ['type', 'reverses'],
  keep: [],
  restore: ['type', 'within'],
};
const TYPE = /^[a-z][a-z0-9-]{0,47}$/;

/** Returns all faults. Checks types, too, because a config may come from a file without types. */
export function faultsOf(options: TokenizationOptions): string[] {
  const given: Readonly<Record<string, unknown>> = { ...options };
  const faults: string[] = [];
  for (const key of Object.keys(given))
    if (!KNOWN.includes(key)) faults.push(`expected ${KNOWN.join(', ')}, got ${JSON.stringify(key)}`);
  if (given['name'] !== undefined && (typeof given['name'] !== 'string' || !TYPE.test(given['name'])))
    faults.push(
      `name: expected lower-case letters, digits and hyphens (at most 48), got ${JSON.stringify(given['name'])}`,
    );
  oneOf('hideFrom', given['hideFrom'], ['upstream', 'client'], faults);
  if (given['restoreInUrls'] !== undefined && typeof given['restoreInUrls'] !== 'boolean')
    faults.push(`restoreInUrls: expected true or false, got ${JSON.stringify(given['restoreInUrls'])}`);
  oneOf('whenNoToken', given['whenNoToken'], ['refuse', 'redact'], faults);
  const { tenant } = given;
  const named = typeof tenant === 'object' && tenant !== null && 'claim' in tenant ? tenant.claim : tenant;
  if (typeof named !== 'string' || named === '')
    faults.push(`tenant: expected a name or { claim: NAME }, got ${JSON.stringify(tenant)}`);
  if (given['decide'] !== undefined && typeof given['decide'] !== 'function')
    faults.push(`decide: expected a function, such as policy.decide, got ${kindOf(given['decide'])}`);
  for (const list of ['fields', 'keep', 'restore'] as const) {
    const scopes = given[list] ?? [];
    if (!Array.isArray(scopes)) faults.push(`${list}: expected a list, got ${kindOf(scopes)}`);
    else scopes.forEach((scope: unknown, i) => scopeFaults(`${list}[${i}]`, list, scope, faults));
  }
  const detectors = given['detectors'] ?? [];
  if (!Array.isArray(detectors)) faults.push(`detectors: expected a list, got ${kindOf(detectors)}`);
  else
    detectors.forEach((detector: unknown, i) => {
      const type: unknown =
        typeof detector === 'object' && detector !== null && 'type' in detector && 'find' in detector
          ? detector.type
          : undefined;
      if (typeof type !== 'string' || !TYPE.test(type))
        faults.push(`detectors[${i}]: expected a detector, such as email(), got ${kindOf(detector)}`);
    });
  if (faults.length === 0) faults.push(...withoutEffect(options));
  if (faults.length === 0 && (options.fields ?? []).length === 0 && (options.detectors ?? []).length === 0)
    faults.push('expected fields or detectors, got neither: nothing would be hidden');
  return faults;
}

/** Options that the direction makes ineffective: somebody expects something of them. */
function withoutEffect({ hideFrom, fields = [], restoreInUrls }: TokenizationOptions): string[] {
  if (hideFrom !== 'client') return [];
  const reversing = fields.findIndex(({ reverses }) => reverses === true);
  return [
    ...(reversing < 0
      ? []
      : [
          `fields[${reversing}].reverses: expected it with hideFrom: 'upstream' only, since nothing is restored for the client otherwise: for an upstream, use restore with a type`,
        ]),
    ...(restoreInUrls === true
      ? [
          "restoreInUrls: expected it with hideFrom: 'upstream' only, since nothing is restored for the client otherwise",
        ]
      : []),
  ];
}

function oneOf(name: string, value: unknown, values: readonly string[], faults: string[]): void {
  if (value !== undefined && !values.includes(value as string))
    faults.push(`${name}: expected ${values.join(' or ')}, got ${JSON.stringify(value)}`);
}

function scopeFaults(where: string, list: 'fields' | 'keep' | 'restore', scope: unknown, faults: string[]): void {
  const fault = Scopes.fault(scope, MEMBERS[list]);
  if (fault !== undefined) return void faults.push(`${where}: ${fault}`);
  const {
    type,
    reverses,
    within,
  }: { readonly type?: unknown; readonly reverses?: unknown; readonly within?: unknown } = scope as object;
  if (
    list === 'keep'
      ? type !== undefined
      : type === undefined
        ? list === 'fields'
        : typeof type !== 'string' || !TYPE.test(type)
  ) {
    faults.push(
      `${where}: expected ${list === 'keep' ? 'no type' : 'a type of lower-case letters, digits and hyphens'}, got ${JSON.stringify(type)}`,
    );
  }
  if (reverses !== undefined && (list !== 'fields' || typeof reverses !== 'boolean'))
    faults.push(`${where}.reverses: expected true or false, got ${JSON.stringify(reverses)}`);
  if (within !== undefined && typeof within !== 'boolean')
    faults.push(`${where}.within: expected true or false, got ${JSON.stringify(within)}`);
}

export function rulesOf({
  fields = [],
  keep = [],
  restore = [],
  whenNoToken = 'refuse',
  detectors = [],
}: TokenizationOptions): Rules {
  return {
    fields: new Scopes(fields.map((field) => [field, field])),
    keep: new Scopes(keep.map((scope) => [scope, true])),
    restore: new Scopes(restore.map((field) => [field, field])),
    whenNoToken,
    mayConcern: fields.length === 0 ? mayHoldFinds(detectors) : undefined,
  };
}

/**
 * A warning for the start: if `restore` doesn't give a field's type, a token without a marker, such as a number or a
 * date, goes to the upstream as if it were data. Undefined: nothing.
 */
export function untypedRestore({
  hideFrom,
  fields = [],
  detectors = [],
  restore = [],
}: TokenizationOptions): string | undefined {
  const at = restore.findIndex(({ type, within }) => type === undefined && within !== true);
  // A token of an address has a marker.
  const types = [...fields, ...detectors].map(({ type }) => type).filter((type) => type !== 'email');
  if (hideFrom !== 'client' || at < 0 || types.length === 0) return undefined;
  return `restore[${at}]: expected a type, got none: where a tool's outputSchema leaves room for no other, a token of ${[...new Set(types)].join(', ')} has no marker (a number, a date), and would go to the upstream there as if it were data`;
}

/** All types that a token may have. */
export function typesOf({ fields = [], detectors = [], restore = [] }: TokenizationOptions): string[] {
  return [
    ...new Set([
      ...fields.map(({ type }) => type),
      ...detectors.map(({ type }) => type),
      ...restore.flatMap(({ type }) => (type === undefined ? [] : [type])),
    ]),
  ];
}
