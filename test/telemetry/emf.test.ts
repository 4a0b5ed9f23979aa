import { describe, expect, test } from 'vitest';
import { type EmfLine, emfLine } from '../../proxy/telemetry/emf.ts';
import { emfFaults } from './emf-rules.ts';

const line = (changes: Partial<EmfLine> = {}): string =>
  emfLine({
    namespace: 'Mine',
    at: 1_700_000_000_000,
    dimensions: { Proxy: 'calc', Method: 'tools/call' },
    directives: [{ dimensions: [['Proxy'], ['Proxy', 'Method']], metrics: ['Calls', 'Latency', 'Denials'] }],
    values: { Calls: 2, Latency: [1.5, 2] },
    units: { Calls: 'Count', Latency: 'Milliseconds', Denials: 'Count' },
    ...changes,
  });

test('a line has its metrics, their dimensions and values, and names none without a value', () => {
  expect(JSON.parse(line())).toEqual({
    _aws: {
      Timestamp: 1_700_000_000_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Mine',
          Dimensions: [['Proxy'], ['Proxy', 'Method']],
          Metrics: [
            { Name: 'Calls', Unit: 'Count' },
            { Name: 'Latency', Unit: 'Milliseconds' },
          ],
        },
      ],
    },
    Proxy: 'calc',
    Method: 'tools/call',
    Calls: 2,
    Latency: [1.5, 2],
  });
  expect(emfFaults(line())).toEqual([]);
});

describe('the rules of the format find', () => {
  const broken = (change: (parsed: Record<string, unknown>) => void): string => {
    const parsed = JSON.parse(line()) as Record<string, unknown>;
    change(parsed);
    return JSON.stringify(parsed);
  };
  const directive = (parsed: Record<string, unknown>): Record<string, unknown> =>
    (parsed['_aws'] as { CloudWatchMetrics: Record<string, unknown>[] }).CloudWatchMetrics[0] ?? {};

  test.each([
    ['more than 100 values', line({ values: { Calls: 1, Latency: Array.from({ length: 101 }, () => 1) } })],
    ['no value at all', broken((parsed) => delete parsed['Calls'])],
    ['a value that is not a number', broken((parsed) => (parsed['Calls'] = '2'))],
    ['a dimension without a value', broken((parsed) => delete parsed['Method'])],
    ['an empty value of a dimension', line({ dimensions: { Proxy: '', Method: 'x' } })],
    ['a value of a dimension beyond ASCII', line({ dimensions: { Proxy: 'ä', Method: 'x' } })],
    ['no namespace', line({ namespace: '' })],
    ["AWS's own namespace", line({ namespace: 'AWS/Lambda' })],
    ['a time that is not an integer', line({ at: 1.5 })],
    ['no metrics', broken((parsed) => (directive(parsed)['Metrics'] = []))],
    ['an unknown unit', broken((parsed) => (directive(parsed)['Metrics'] = [{ Name: 'Calls', Unit: 'Calls' }]))],
    [
      'a metric named twice',
      broken((parsed) => (directive(parsed)['Metrics'] = [{ Name: 'Calls' }, { Name: 'Calls' }])),
    ],
    [
      '31 dimensions',
      broken((parsed) => (directive(parsed)['Dimensions'] = [Array.from({ length: 31 }, () => 'Proxy')])),
    ],
    ['more members', broken((parsed) => (directive(parsed)['More'] = 1))],
  ])('%s', (_what, text) => {
    expect(emfFaults(text)).not.toEqual([]);
  });
});
