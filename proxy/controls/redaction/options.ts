/** The options of `redaction` and `secrets`, and their checks. */
import { kindOf } from '../../base/kind-of.ts';
import type { Detector } from '../shared/detectors/index.ts';
import { type Scope, Scopes } from '../shared/surfaces/scope.ts';

/** What is removed in one direction. */
export interface Redacted {
  /** Fields that are removed completely, for any value. They come before detectors. @default - none */
  readonly fields?: readonly Scope[];
  /** Detectors for data anywhere else. @default - none */
  readonly detectors?: readonly Detector[];
  /** Places at which nothing is removed. @default - none */
  readonly keep?: readonly Scope[];
}

export interface RedactionOptions {
  /** What is hidden from the upstream. @default - nothing */
  readonly upstream?: Redacted;
  /** What is hidden from the client and its model. @default - nothing */
  readonly client?: Redacted;
}

export interface SecretsOptions {
  /** What happens to a message with a secret: refuse it, or pass it on without the secret. */
  readonly onFound: 'block' | 'redact';
  /** Your own detectors of secrets, in addition to `secret()`. @default - none */
  readonly detectors?: readonly Detector[];
  /** Places at which secrets may pass. @default - none */
  readonly keep?: readonly Scope[];
}

type Given = Readonly<Record<string, unknown>>;

/** Returns all faults. Checks types, too, because a config may come from a file without types. */
export function redactionFaults(options: RedactionOptions): string[] {
  const given: Given = { ...options };
  const faults = unknown('', given, ['upstream', 'client']);
  for (const way of ['upstream', 'client']) {
    const redacted = given[way];
    if (redacted === undefined) continue;
    if (typeof redacted !== 'object' || redacted === null)
      faults.push(`${way}: expected an object with fields or detectors, got ${kindOf(redacted)}`);
    else faults.push(...wayFaults(`${way}.`, { ...redacted }));
  }
  if (faults.length === 0 && given['upstream'] === undefined && given['client'] === undefined)
    faults.push('expected upstream, client or both, got neither: nothing would be removed');
  return faults;
}

function wayFaults(way: string, given: Given): string[] {
  const faults = [
    ...unknown(way, given, ['fields', 'detectors', 'keep']),
    ...scopes(`${way}fields`, given['fields']),
    ...scopes(`${way}keep`, given['keep']),
    ...detectors(`${way}detectors`, given['detectors']),
  ];
  const nothing = [given['fields'], given['detectors']].every(
    (list) => list === undefined || (Array.isArray(list) && list.length === 0),
  );
  if (faults.length === 0 && nothing)
    faults.push(`expected ${way}fields or ${way}detectors, got neither: nothing would be removed`);
  return faults;
}

export function secretsFaults(options: SecretsOptions): string[] {
  const given: Given = { ...options };
  const faults = [
    ...unknown('', given, ['onFound', 'detectors', 'keep']),
    ...scopes('keep', given['keep']),
    ...detectors('detectors', given['detectors']),
  ];
  if (given['onFound'] !== 'block' && given['onFound'] !== 'redact')
    faults.push(`onFound: expected block or redact, got ${JSON.stringify(given['onFound'])}`);
  return faults;
}

function unknown(way: string, given: Given, known: readonly string[]): string[] {
  return Object.keys(given).flatMap((key) =>
    known.includes(key)
      ? []
      : [`expected ${known.map((name) => way + name).join(', ')}, got ${JSON.stringify(way + key)}`],
  );
}

function scopes(name: string, list: unknown): string[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return [`${name}: expected a list, got ${kindOf(list)}`];
  return list.flatMap((scope: unknown, i) => {
    const fault = Scopes.fault(scope);
    return fault === undefined ? [] : [`${name}[${i}]: ${fault}`];
  });
}

function detectors(name: string, list: unknown): string[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) return [`${name}: expected a list, got ${kindOf(list)}`];
  return list.flatMap((detector: unknown, i) =>
    isDetector(detector) ? [] : [`${name}[${i}]: expected a detector, such as email(), got ${kindOf(detector)}`],
  );
}

function isDetector(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    'type' in value &&
    typeof value.type === 'string' &&
    'find' in value &&
    typeof value.find === 'function'
  );
}
