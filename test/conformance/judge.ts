/** The verdict on one check, as the suite writes it to checks.json. */
export type Status = 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
export interface Check {
  id: string;
  name: string;
  status: Status;
  errorMessage?: string;
}

/** The findings of one leg: `<revision> <role> <scenario>` → its checks. */
export type Findings = ReadonlyMap<string, readonly Check[]>;

/** A check that fails directly, and so may fail through the proxy. `why` is for the reader. */
export interface BaselineEntry {
  revision: string;
  role: 'server' | 'client';
  scenario: string;
  check: string;
  why: string;
}

/** What a proxy adds itself, whether or not the upstream has it. */
const OWN_DUTY = / server dns-rebinding-protection$/;

const severity: Record<Status, number> = { SKIPPED: 0, INFO: 0, SUCCESS: 1, WARNING: 2, FAILURE: 3 };

/**
 * Finds violations of the rule: every check that passes directly passes through the proxy, and exactly those that fail
 * directly are in the baseline.
 *
 * @param direct undefined if that leg was not run; then only the baseline says what may fail through the proxy
 * @param proxy undefined if that leg was not run
 * @param how what that leg passes through, in words
 * @returns one sentence for each violation
 */
export function judge(
  direct: Findings | undefined,
  proxy: Findings | undefined,
  baseline: readonly BaselineEntry[],
  how = 'through the proxy',
): string[] {
  const violations: string[] = [];
  const expected = new Set(
    baseline.map(({ revision, role, scenario, check }) => `${revision} ${role} ${scenario} › ${check}`),
  );
  const excused = (at: string): boolean => expected.has(at);

  if (direct) {
    const failing = new Set<string>();
    for (const [scenario, checks] of direct) {
      for (const { id, name, status, errorMessage } of verdicts(checks).values()) {
        if (severity[status] < severity.WARNING) continue;
        failing.add(`${scenario} › ${id}`);
        if (excused(`${scenario} › ${id}`)) continue;
        violations.push(
          `${scenario} › ${id} (${name}) fails directly and is not in the baseline: ${errorMessage ?? status}`,
        );
      }
      if (!checks.some(({ status }) => status !== 'INFO'))
        violations.push(`${scenario} has no result directly: expected at least one check`);
    }
    for (const key of expected) {
      const ran = [...direct.keys()].some((scenario) => key.startsWith(`${scenario} ›`));
      if (ran && !failing.has(key)) violations.push(`${key} is in the baseline and passes directly: remove the entry`);
    }
  }

  if (proxy) {
    for (const scenario of direct?.keys() ?? [])
      if (!proxy.has(scenario)) violations.push(`${scenario} was not run ${how}`);
    for (const [scenario, checks] of proxy)
      violations.push(...worse(scenario, direct?.get(scenario), checks, excused, how));
  }
  return violations;
}

function worse(
  scenario: string,
  direct: readonly Check[] | undefined,
  proxy: readonly Check[],
  excused: (at: string) => boolean,
  how: string,
): string[] {
  const found: string[] = [];
  const before = direct && verdicts(direct);
  const after = verdicts(proxy);
  for (const [key, { id, name, status, errorMessage }] of after) {
    if (severity[status] < severity.WARNING) continue;
    const was = before?.get(key)?.status;
    const same = before ? was !== undefined && severity[was] >= severity[status] : excused(`${scenario} › ${id}`);
    if (same && !OWN_DUTY.test(scenario)) continue;
    found.push(
      `${scenario} › ${id} (${name}) is ${status} ${how}, ${was ?? 'not seen'} directly: ${errorMessage ?? 'no message'}`,
    );
  }
  // A check that is missing or skipped would hide what it used to find.
  for (const [key, { id, name, status }] of before ?? []) {
    const now = after.get(key)?.status ?? 'not seen';
    if (status !== 'SUCCESS' || (now !== 'not seen' && severity[now] >= severity.SUCCESS)) continue;
    found.push(`${scenario} › ${id} (${name}) is ${now} ${how}, SUCCESS directly`);
  }
  if (!proxy.some(({ status }) => status !== 'INFO')) found.push(`${scenario} has no result ${how}`);
  return found;
}

/**
 * One verdict for each check, the most severe. Ids repeat: within a flow that is tried several times, where the name is
 * the same, and among the cases of a table, where the name differs.
 */
export function verdicts(checks: readonly Check[]): Map<string, Check> {
  const most = new Map<string, Check>();
  for (const check of checks) {
    const key = `${check.id} ${check.name}`;
    const seen = most.get(key);
    if (!seen || severity[check.status] > severity[seen.status]) most.set(key, check);
  }
  return most;
}
