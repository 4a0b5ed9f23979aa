/**
 * Scopes in a config: invalid ones are refused with a message, and valid ones match the places that they describe,
 * quickly.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { secrets } from '../../../../proxy/controls/secrets/index.ts';
import { Holders } from '../../../../proxy/controls/shared/detectors/holders.ts';
import { email } from '../../../../proxy/controls/shared/detectors/index.ts';
import type { Place, Segment } from '../../../../proxy/controls/shared/surfaces/index.ts';
import { Scopes } from '../../../../proxy/controls/shared/surfaces/scope.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import { validation } from '../../../../proxy/controls/validation/index.ts';

const MISTAKES = [
  [{ tools: 'x', path: 'to' }, 'got "tools"'],
  [{ Tool: 'x', path: 'to' }, 'got "Tool"'],
  [{ tool: undefined, path: 'to' }, 'tool: expected a name, got undefined'],
  [{ tool: 'x', path: '$.to' }, 'without a leading "$"'],
  [{ tool: 'x', path: '$' }, 'without a leading "$"'],
  [{ tool: 'x', path: '$[0]' }, 'without a leading "$"'],
  [{ tool: 'x', path: '$..to' }, 'without a leading "$"'],
  [{ tool: 'x', path: 'a..b' }, 'expected a path such as'],
] as const;

describe.each<[string, (scope: object) => unknown]>([
  ['redaction: fields', (scope) => redaction({ upstream: { fields: [scope as never] } })],
  ['redaction: keep', (scope) => redaction({ client: { detectors: [email()], keep: [scope as never] } })],
  ['secrets: keep', (scope) => secrets({ onFound: 'block', keep: [scope as never] })],
  ['tokenization: fields', (scope) => tokenization({ tenant: 'a', fields: [{ type: 'name', ...scope } as never] })],
  ['tokenization: keep', (scope) => tokenization({ tenant: 'a', detectors: [email()], keep: [scope as never] })],
  ['tokenization: restore', (scope) => tokenization({ tenant: 'a', detectors: [email()], restore: [scope as never] })],
  ['validation: refuse', (scope) => validation({ refuse: [{ what: ['hidden-unicode'], ...scope } as never] })],
])('%s', (_name, make) => {
  test.each(MISTAKES)('%j is refused: %s', (scope, fault) => {
    expect(() => make(scope)).toThrow(fault);
  });

  test.each(['to', '$ref', '["$"]', 'a.$', '**.to', 'rows[*].iban', 'rows[0]', '["e-mail"].a', '*'])(
    'accepts the path %s',
    (path) => {
      expect(() => make({ tool: 'x*', path })).not.toThrow();
    },
  );
});

const place = (path: readonly Segment[], more: Partial<Place> = {}): Place => ({
  direction: 'upstream',
  surface: 'arguments',
  method: 'tools/call',
  tool: 'x',
  known: true,
  path,
  holders: new Holders(),
  roots: [0],
  root: 0,
  permits: 'any',
  isKey: false,
  fixed: false,
  grammar: false,
  echoed: false,
  unreadable: false,
  field: undefined,
  nested: 0,
  digits: String,
  ...more,
});

/** By trying everything that a path may match. */
function leads(steps: readonly string[], path: readonly Segment[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  if (step === '**')
    return Array.from({ length: path.length + 1 }, (_, i) => path.slice(i)).some((left) => leads(rest, left));
  const [segment, ...left] = path;
  if (
    segment === undefined ||
    (step === '*'
      ? typeof segment !== 'string'
      : step === '[*]'
        ? typeof segment !== 'number'
        : step !== segment && step !== `[${segment}]`)
  )
    return false;
  return leads(rest, left);
}
const written = (steps: readonly string[]): string =>
  steps.map((step, i) => (i === 0 || step.startsWith('[') ? step : `.${step}`)).join('');

test('a path matches where its steps lead', () => {
  const steps = fc.array(fc.constantFrom('a', 'b', '*', '**', '[*]', '[0]'), { minLength: 1, maxLength: 6 });
  const path = fc.array(fc.oneof(fc.constantFrom('a', 'b'), fc.constantFrom(0, 1)), { maxLength: 7 });
  fc.assert(
    fc.property(steps, path, (given, at) => {
      expect(new Scopes([[{ path: written(given) }, true]]).at(place(at))).toBe(leads(given, at) ? true : undefined);
    }),
    { numRuns: 2_000 },
  );
});

test('reads each segment of a place once per step, for any number of ** in a path', () => {
  const steps = ['a', '**', 'a', '**', 'a', '**', 'a', '**', 'b'];
  const scopes = new Scopes([[{ path: written(steps) }, true]]);
  let looks = 0;
  const deep = new Proxy(
    Array.from({ length: 500 }, () => 'a'),
    {
      get: (target, key, receiver) => (
        (looks += typeof key === 'string' && /^\d+$/.test(key) ? 1 : 0),
        Reflect.get(target, key, receiver) as unknown
      ),
    },
  );
  expect(scopes.at(place(deep))).toBeUndefined();
  expect(looks).toBeLessThan(500 * steps.length);
});

test('options that hide apply from each root of a place', () => {
  const scopes = new Scopes([[{ path: 'a.b' }, true]]);
  expect(scopes.at(place(['x', 'a', 'b'], { roots: [0, 1] }))).toBe(true);
  expect(scopes.at(place(['a', 'b'], { roots: [0, 1] }))).toBe(true);
  expect(scopes.permits(place(['x', 'a', 'b'], { roots: [0, 1], permits: 'none' }))).toBeUndefined();
});

test('caches the scopes of a call by tool and method, without confusing names that look like both', () => {
  const scopes = new Scopes([[{ tool: 'send email', path: 'to' }, true]]);
  expect(scopes.of({ tool: 'email', known: true }, 'tools/call send')).toHaveLength(0);
  expect(scopes.of({ tool: 'send email', known: true }, 'tools/call')).toHaveLength(1);
  expect(scopes.of({ tool: undefined, known: true }, 'tools/call')).toHaveLength(0);
  expect(scopes.of({ tool: undefined, known: false }, 'tools/call')).toHaveLength(1);
});
