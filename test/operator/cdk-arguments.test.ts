import { expect, it } from 'vitest';
import { splitArguments, valueOf } from '../../bin/operator/cdk-arguments.ts';
import { isSelected, select } from '../../bin/operator/selection.ts';

it('takes names first, keeps the options it knows, and passes all others to cdk unchanged', () => {
  const split = splitArguments([
    'prod-a',
    'prod-b',
    '--json',
    '--require-approval',
    'never',
    '-c',
    'sample=jwt',
    '--deployments',
    'mine.ts',
    '--profile',
    'dev',
    '--no-rollback',
  ]);
  expect(split).toEqual({
    help: false,
    json: true,
    deployments: 'mine.ts',
    names: ['prod-a', 'prod-b'],
    context: ['sample=jwt'],
    profile: 'dev',
    region: undefined,
    rest: ['--require-approval', 'never', '--profile', 'dev', '--no-rollback'],
  });
});

it('does not take the value of a cdk option for a name', () => {
  expect(splitArguments(['prod-a', '--role-arn', 'arn:aws:iam::111122223333:role/x']).names).toEqual(['prod-a']);
  expect(splitArguments(['--role-arn', 'prod-a']).names).toEqual([]);
});

it('finds names after its own options', () => {
  expect(splitArguments(['--json', '--region=eu-west-1', 'prod-a'])).toMatchObject({
    names: ['prod-a'],
    region: 'eu-west-1',
  });
});

it("reads the deployments file from cdk's context, too", () => {
  expect(splitArguments(['-c', 'deployments=other.ts', '--context=a=b=c'])).toMatchObject({
    deployments: 'other.ts',
    context: ['a=b=c'],
  });
});

it('finds the value of an option in both forms', () => {
  expect(valueOf(['-O', 'a.json'], '--outputs-file', '-O')).toBe('a.json');
  expect(valueOf(['--outputs-file=b.json'], '--outputs-file', '-O')).toBe('b.json');
  expect(valueOf(['--other', 'c.json'], '--outputs-file', '-O')).toBeUndefined();
});

it('takes sample for the walk-through, unless a deployment has that name', () => {
  expect(select(['sample'], [], [])).toEqual({ context: ['sample=iam'], patterns: ['sample-*'] });
  expect(select(['sample'], [], ['sample=jwt'])).toEqual({ context: ['sample=jwt'], patterns: ['sample-*'] });
  expect(select(['sample'], ['sample'], [])).toEqual({ context: [], patterns: ['sample'] });
});

it('selects by name, by pattern, or all', () => {
  const chosen = (patterns: string[]): string[] =>
    ['prod-a', 'prod-b', 'test-a'].filter((stack) => isSelected(stack, { context: [], patterns }));
  expect(chosen(['prod-*'])).toEqual(['prod-a', 'prod-b']);
  expect(chosen(['prod-a', 'test-?'])).toEqual(['prod-a', 'test-a']);
  expect(chosen([])).toEqual(['prod-a', 'prod-b', 'test-a']);
  expect(chosen(['prod'])).toEqual([]);
});
