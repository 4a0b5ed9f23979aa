/**
 * What CloudWatch demands of an embedded-metric line, from the JSON schema and the text of its specification (Amazon
 * CloudWatch User Guide, "Specification: Embedded metric format"), written apart from what prints the lines.
 */
import type { Line } from '../dispatch/lines.ts';

const UNITS =
  /^(?:Seconds|Microseconds|Milliseconds|(?:Kilo|Mega|Giga|Tera)?(?:bytes|Bytes|bits|Bits)(?:\/Second)?|Percent|Count(?:\/Second)?|None)$/;
const MAX_LINE = 256 * 1024;

/** The faults of a line; empty if there are none. */
export function emfFaults(text: string): string[] {
  const faults: string[] = [];
  const expect = (fits: boolean, fault: string): boolean => {
    if (!fits) faults.push(fault);
    return fits;
  };
  expect(Buffer.byteLength(text) <= MAX_LINE, `more than ${MAX_LINE} bytes`);
  const root: unknown = JSON.parse(text);
  if (!expect(isRecord(root), 'the root is not an object')) return faults;
  const line = root as Line;
  const metadata = line['_aws'];
  if (!isRecord(metadata)) return [...faults, '_aws is not an object'];
  expect(
    Object.keys(metadata).every((key) => key === 'Timestamp' || key === 'CloudWatchMetrics'),
    '_aws has unknown members',
  );
  expect(Number.isInteger(metadata['Timestamp']), 'Timestamp is not an integer');
  const directives = metadata['CloudWatchMetrics'];
  if (!Array.isArray(directives)) return [...faults, 'CloudWatchMetrics is not an array'];
  for (const directive of directives as unknown[]) {
    if (!isRecord(directive)) return [...faults, 'a directive is not an object'];
    expect(
      Object.keys(directive).toSorted().join() === 'Dimensions,Metrics,Namespace',
      'a directive has other members than Namespace, Dimensions and Metrics',
    );
    expect(
      isText(directive['Namespace'], 1, 1024) && !String(directive['Namespace']).startsWith('AWS/'),
      'Namespace is not text of 1 to 1024, or AWS/…',
    );
    for (const set of list(directive['Dimensions'], 1, Infinity, 'Dimensions', faults)) {
      for (const name of list(set, 0, 30, 'a DimensionSet', faults)) {
        expect(isText(name, 1, 250), 'a dimension is not text of 1 to 250');
        const value = line[String(name)];
        expect(
          isText(value, 1, 1024) && /^[\x20-\x7e]+$/.test(String(value)) && !/^:|^\s*$/.test(String(value)),
          `the value of dimension ${String(name)} is not text of 1 to 1024`,
        );
      }
    }
    const names = new Set<unknown>();
    for (const metric of list(directive['Metrics'], 1, 100, 'Metrics', faults)) {
      if (!isRecord(metric)) return [...faults, 'a metric is not an object'];
      const { Name: name, Unit: unit, ...more } = metric;
      expect(isText(name, 1, 1024) && !names.has(name), 'a metric has no name, or another one has it as well');
      names.add(name);
      expect(unit === undefined || (typeof unit === 'string' && UNITS.test(unit)), `${String(unit)} is no unit`);
      expect(
        Object.keys(more).every((key) => key === 'StorageResolution'),
        'a metric has unknown members',
      );
      const value = line[String(name)];
      const numbers: unknown[] = Array.isArray(value) ? value : [value];
      expect(
        numbers.length >= 1 &&
          numbers.length <= 100 &&
          numbers.every((one) => typeof one === 'number' && Number.isFinite(one)),
        `${String(name)} is no number, nor 1 to 100 of them`,
      );
    }
  }
  return faults;
}

function list(value: unknown, least: number, most: number, what: string, faults: string[]): readonly unknown[] {
  if (Array.isArray(value) && value.length >= least && value.length <= most) return value as unknown[];
  faults.push(`${what}: not ${least} to ${most} of them`);
  return [];
}

function isText(value: unknown, least: number, most: number): boolean {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
