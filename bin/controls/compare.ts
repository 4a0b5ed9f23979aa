/** What of the controls is lost between two states of the same proxies, and what else changed, in words. */
import { createHash } from 'node:crypto';
import type { Admission } from './admission.ts';
import type { Shown, ShownControl, ShownProxy } from './shown.ts';

export interface Comparison {
  /** What nobody may lose unseen: a line each. */
  readonly lost: readonly string[];
  /** What is worth a look and takes nothing away. */
  readonly changed: readonly string[];
  /** False where a config, or what it imports, changed: what a control does isn't compared. */
  readonly sameConfigs: boolean;
  /** Stands for exactly this loss: the label that approves it. Undefined where nothing is lost. */
  readonly approval: string | undefined;
}

/** How much of a reply a control may change. */
const ATTENTION = ['ignores', 'observes', 'transforms'];

export function compare(before: Shown, after: Shown): Comparison {
  const lost: string[] = [];
  const changed: string[] = [];
  for (const [id, was] of before) {
    const is = after.get(id);
    if (is === undefined)
      lost.push(`${id}: the proxy is gone, or no longer says what its controls are; it had ${inOrder(was.controls)}`);
    else
      compareProxies(was, is, {
        lost: (line) => void lost.push(`${id}: ${line}`),
        changed: (line) => void changed.push(`${id}: ${line}`),
      });
  }
  for (const [id, { controls }] of after)
    if (!before.has(id)) changed.push(`${id}: a proxy that said nothing before, with ${inOrder(controls)}`);
  const sameConfigs = [...before].every(([id, was]) => after.get(id)?.digests['config'] === was.digests['config']);
  return { lost, changed, sameConfigs, approval: lost.length === 0 ? undefined : `controls-${digest(lost)}` };
}

/**
 * Of 128 bits: with fewer, somebody could look for a harmless loss and another one that have the same. GitHub's labels
 * end at 50 characters.
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
  // The order of those that stay: one more or one less between them is no other order.
  const [was, is] = [
    before.controls.filter(({ name }) => now.has(name)),
    after.controls.filter(({ name }) => then.has(name)),
  ];
  if (namesOf(was) !== namesOf(is)) report.lost(`the order changed from ${inOrder(was)} to ${inOrder(is)}`);
  if (before.caller !== after.caller) {
    const line = `callers were known by ${before.caller}, and are by ${after.caller}`;
    if (before.caller === 'none') report.changed(line);
    else report.lost(line);
  }
  if (before.admission !== undefined && after.admission !== undefined)
    compareAdmissions(before.admission, after.admission, report);
  for (const name of new Set([...Object.keys(before.digests), ...Object.keys(after.digests)])) {
    const [old, fresh] = [before.digests[name], after.digests[name]];
    if (old !== undefined && fresh === undefined) report.lost(`the digest of the ${name} is gone; it was ${old}`);
    else if (old !== fresh) report.changed(`the ${name} changed: ${old ?? 'none'} became ${fresh}`);
  }
}

function compareAdmissions(was: Admission, is: Admission, { lost, changed }: Report): void {
  if (was.authorizer !== is.authorizer) lost(`callers were let in by ${was.authorizer}, and are by ${is.authorizer}`);
  for (const one of is.allows) if (!was.allows.includes(one)) lost(`callers are let in who weren't: ${one}`);
  for (const one of was.denies) if (!is.denies.includes(one)) lost(`callers aren't kept out any more who were: ${one}`);
  for (const one of was.allows)
    if (!is.allows.includes(one)) changed(`callers aren't let in any more who were: ${one}`);
  for (const one of is.denies) if (!was.denies.includes(one)) changed(`callers are kept out who weren't: ${one}`);
}

function compareControls(was: ShownControl, is: ShownControl, { lost, changed }: Report): void {
  if (is.auditOnly && !was.auditOnly) lost(`the control ${was.name} only audits now, and denies nothing`);
  if (was.auditOnly && !is.auditOnly) changed(`the control ${was.name} enforces now`);
  if (was.perCaller && !is.perCaller) lost(`the control ${was.name} no longer tells callers apart`);
  if (was.replies === is.replies) return;
  const line = `the control ${was.name} ${was.replies} replies no longer: it ${is.replies} them`;
  // What isn't known here may be less.
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
