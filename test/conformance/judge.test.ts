import { expect, test } from 'vitest';
import { type BaselineEntry, type Check, judge, type Status } from './judge.ts';

const scenario = '2026-07-28 server tools-list';
const check = (id: string, status: Status, name = id): Check => ({ id, name, status });
const findings = (...checks: Check[]) => new Map([[scenario, checks]]);
const entry = (id: string): BaselineEntry => ({
  revision: '2026-07-28',
  role: 'server',
  scenario: 'tools-list',
  check: id,
  why: 'the SDK',
});

test('a check that passes both ways is fine', () => {
  expect(judge(findings(check('a', 'SUCCESS')), findings(check('a', 'SUCCESS')), [])).toEqual([]);
});

test.each(['FAILURE', 'WARNING', 'SKIPPED', 'INFO'] as const)(
  'a check that passes directly and is %s through the proxy is a violation',
  (status) => {
    const proxy = findings(check('a', status), check('b', 'SUCCESS'));
    expect(judge(findings(check('a', 'SUCCESS'), check('b', 'SUCCESS')), proxy, [])).toHaveLength(1);
  },
);

test('a check that is missing through the proxy is a violation', () => {
  expect(
    judge(findings(check('a', 'SUCCESS'), check('b', 'SUCCESS')), findings(check('b', 'SUCCESS')), []),
  ).toHaveLength(1);
});

test('a scenario that was not run through the proxy is a violation', () => {
  expect(judge(findings(check('a', 'SUCCESS')), new Map(), [])).toEqual([`${scenario} was not run through the proxy`]);
});

test('a check that fails directly may fail through the proxy, and excuses no other in its scenario', () => {
  const direct = findings(check('a', 'FAILURE'), check('b', 'SUCCESS'));
  expect(judge(direct, findings(check('a', 'FAILURE'), check('b', 'SUCCESS')), [entry('a')])).toEqual([]);
  expect(judge(direct, findings(check('a', 'FAILURE'), check('b', 'FAILURE')), [entry('a')])).toHaveLength(1);
});

test('two cases with the same id are distinguished by their names', () => {
  const direct = findings(check('a', 'FAILURE', 'one'), check('a', 'SUCCESS', 'two'));
  const proxy = findings(check('a', 'FAILURE', 'one'), check('a', 'FAILURE', 'two'));
  expect(judge(direct, proxy, [entry('a')])).toEqual([expect.stringContaining('(two)')]);
});

test('a warning directly does not excuse a failure through the proxy', () => {
  expect(judge(findings(check('a', 'WARNING')), findings(check('a', 'FAILURE')), [entry('a')])).toHaveLength(1);
});

test('a check that fails directly has to be in the baseline', () => {
  expect(judge(findings(check('a', 'FAILURE')), undefined, [])).toEqual([
    expect.stringContaining('not in the baseline'),
  ]);
});

test('a stale entry is a violation, unless its scenario was not run', () => {
  expect(judge(findings(check('a', 'SUCCESS')), undefined, [entry('a')])).toEqual([
    expect.stringContaining('remove the entry'),
  ]);
  expect(judge(new Map(), undefined, [entry('a')])).toEqual([]);
});

test('DNS rebinding has to be refused by the proxy even if the upstream does not refuse it', () => {
  const at = '2025-11-25 server dns-rebinding-protection';
  const failing = new Map([[at, [check('a', 'FAILURE')]]]);
  const excuse = {
    revision: '2025-11-25',
    role: 'server',
    scenario: 'dns-rebinding-protection',
    check: 'a',
    why: '',
  } as const;
  expect(judge(failing, failing, [excuse])).toHaveLength(1);
});
