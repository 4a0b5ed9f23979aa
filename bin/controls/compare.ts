/** Compares two states of the same proxies: what the controls lose, and what else changed. */
import { createHash } from 'node:crypto';
import type { Admission } from './admission.ts';
import type { Shown, ShownControl, ShownNames, ShownProxy } from './shown.ts';

export interface Comparison {
  /** Losses that must be approved: one line each. */
  readonly lost: readonly string[];
  /** Changes worth a look that take nothing away. */
  readonly changed: readonly string[];
  /** False if a config, or a file it imports, changed: what a control does isn't compared. */
  readonly sameConfigs: boolean;
  /** Identifies exactly this loss; used as the label that approves it. Undefined if nothing is lost. */
  readonly approval: string | undefined;
}

/** What a control may do with replies, from least to most. */
const ATTENTION = ['ignores', 'observes', 'transforms'];

export function compare(before: Shown, after: Shown): Comparison {
  const lost: string[] = [];
  const changed: string[] = [];
  for (const [id, was] of before) {
    const is = after.get(id);
    if (is === undefined)
      lost.push(`${id}: the proxy is gone, or no longer lists its controls; it had ${inOrder(was.controls)}`);
    else
      compareProxies(was, is, {
        lost: (line) => void lost.push(`${id}: ${line}`),
        changed: (line) => void changed.push(`${id}: ${line}`),
      });
  }
  for (const [id, { controls }] of after)
    if (!before.has(id)) changed.push(`${id}: a proxy that listed no controls before, with ${inOrder(controls)}`);
  const sameConfigs = [...before].every(([id, was]) => after.get(id)?.digests['config'] === was.digests['config']);
  return { lost, changed, sameConfigs, approval: lost.length === 0 ? undefined : `controls-${digest(lost)}` };
}

/**
 * 128 bits: with fewer, an attacker could find a harmless loss and a harmful one with the same digest. GitHub's labels
 * have at most 50 characters.
 */
function digest(lines: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(lines)).digest('hex').slice(0, 32);
}

interface Report {
  readonly lost: (line: string) => void;
  readonly changed: (line: string) => void;
}

function compareProxies(before: ShownProxy, after: ShownProxy, report: Report): void {
  const now = new Map(after.controls.map((control) => [control.name, control]));
  const then = new Map(before.controls.map((control) => [control.name, control]));
  for (const was of before.controls) {
    const is = now.get(was.name);
    if (is === undefined)
      report.lost(
        `the control ${was.name} is gone; there were ${inOrder(before.controls)}, there are ${inOrder(after.controls)}`,
      );
    else compareControls(was, is, report);
  }
  for (const { name } of after.controls)
    if (!then.has(name)) report.changed(`the control ${name} is new; there are ${inOrder(after.controls)}`);
  // Compare the order of controls in both: adding or removing others doesn't change it.
  const [was, is] = [
    before.controls.filter(({ name }) => now.has(name)),
    after.controls.filter(({ name }) => then.has(name)),
  ];
  if (namesOf(was) !== namesOf(is)) report.lost(`the order changed from ${inOrder(was)} to ${inOrder(is)}`);
  if (before.caller !== after.caller) {
    const line = `callers were identified by ${before.caller}, now by ${after.caller}`;
    if (before.caller === 'none') report.changed(line);
    else report.lost(line);
  }
  compareNames(before.names, after.names, report);
  if (before.admission !== undefined && after.admission !== undefined)
    compareAdmissions(before.admission, after.admission, report);
  for (const name of new Set([...Object.keys(before.digests), ...Object.keys(after.digests)])) {
    const [old, fresh] = [before.digests[name], after.digests[name]];
    if (old !== undefined && fresh === undefined) report.lost(`the digest of the ${name} is gone; it was ${old}`);
    else if (old !== fresh) report.changed(`the ${name} changed: ${old ?? 'none'} became ${fresh}`);
  }
}

function compareAdmissions(was: Admission, is: Admission, { lost, changed }: Report): void {
  if (was.authorizer !== is.authorizer) lost(`callers were authorized by ${was.authorizer}, now by ${is.authorizer}`);
  for (const one of is.allows) if (!was.allows.includes(one)) lost(`callers are allowed that were not: ${one}`);
  for (const one of was.denies) if (!is.denies.includes(one)) lost(`callers are no longer denied that were: ${one}`);
  for (const one of was.allows)
    if (!is.allows.includes(one)) changed(`callers are no longer allowed that were: ${one}`);
  for (const one of is.denies) if (!was.denies.includes(one)) changed(`callers are denied that were not: ${one}`);
}

/** Rules name tools as clients see them, so another name is one that no rule is about. */
function compareNames(was: ShownNames | undefined, is: ShownNames | undefined, { lost, changed }: Report): void {
  if (was === undefined && is === undefined) return;
  if (is === undefined) return lost('the names of its upstreams are no longer listed');
  const shown = (prefix: string): string => (prefix === '' ? 'no prefix' : `the prefix ${prefix}`);
  for (const [name, prefix] of Object.entries(is.upstreams)) {
    const old = was?.upstreams[name];
    if (old === undefined) changed(`the upstream ${name} is new, with ${shown(prefix)}`);
    else if (old !== prefix) lost(`the names of the upstream ${name} had ${shown(old)}, now ${shown(prefix)}`);
  }
  for (const name of Object.keys(was?.upstreams ?? {}))
    if (is.upstreams[name] === undefined) lost(`the upstream ${name} is gone, or has another name`);
  if (was !== undefined && was.search !== is.search)
    changed(`the search for tools was ${was.search}, now ${is.search}`);
}

function compareLocks({ name, lock: was }: ShownControl, { lock: is }: ShownControl, { lost, changed }: Report): void {
  if (was === undefined || is === undefined) {
    if (was !== undefined) lost(`the control ${name} no longer lists its lock; it was ${was.sha256}`);
    if (is !== undefined) changed(`the control ${name} lists its lock: ${is.sha256}`);
    return;
  }
  if (was.sha256 !== is.sha256) changed(`the lock of the control ${name} changed: ${was.sha256} became ${is.sha256}`);
  if (was.enforces && !is.enforces) lost(`the control ${name} only logs what differs from its lock now`);
  if (!was.enforces && is.enforces) changed(`the control ${name} withholds what differs from its lock now`);
  for (const each of is.except)
    if (!was.except.includes(each)) lost(`the control ${name} lets ${each} differ from its lock now`);
  for (const each of was.except)
    if (!is.except.includes(each)) changed(`the control ${name} no longer lets ${each} differ from its lock`);
}

function compareMaps(was: ShownControl, is: ShownControl, { lost, changed }: Report): void {
  if (was.replies !== 'transforms' || is.replies !== 'transforms') return;
  const shown = (maps: readonly string[] | undefined): string => maps?.join(', ') ?? 'all';
  if (shown(was.maps) === shown(is.maps)) return;
  const line = `the control ${was.name} transformed replies to ${shown(was.maps)}, now to ${shown(is.maps)}`;
  const isLess = is.maps !== undefined && (was.maps?.some((each) => is.maps?.includes(each) !== true) ?? true);
  if (isLess) lost(line);
  else changed(line);
}

function compareControls(was: ShownControl, is: ShownControl, report: Report): void {
  const { lost, changed } = report;
  if (is.auditOnly && !was.auditOnly) lost(`the control ${was.name} only audits now, and denies nothing`);
  if (was.auditOnly && !is.auditOnly) changed(`the control ${was.name} enforces now`);
  if (was.perCaller && !is.perCaller) lost(`the control ${was.name} no longer decides by caller`);
  compareLocks(was, is, report);
  compareMaps(was, is, report);
  if (was.replies === is.replies) return;
  const line = `the control ${was.name} no longer ${was.replies} replies: it ${is.replies} them`;
  // An unknown value may be a loss.
  if (ATTENTION.includes(was.replies) && ATTENTION.indexOf(is.replies) > ATTENTION.indexOf(was.replies)) changed(line);
  else lost(line);
}

function namesOf(controls: readonly ShownControl[]): string {
  return JSON.stringify(controls.map(({ name }) => name));
}

function inOrder(controls: readonly ShownControl[]): string {
  return controls.length === 0
    ? 'none'
    : controls.map(({ name, auditOnly }) => (auditOnly ? `${name} (audits only)` : name)).join(' > ');
}
