/** Compares what was decided then and now, control by control. */
import { isRefusal } from '../../proxy/pipeline/decision.ts';
import type { Change, ControlDecided, Decided } from '../format.ts';

export interface Difference {
  /** `(proxy)`: none of the controls made it. */
  readonly control: string;
  readonly what: 'decision' | 'request' | 'reply' | 'would' | 'told' | 'outcome';
  readonly was: string;
  readonly now: string;
  /** The rule by which it decides now. */
  readonly rule?: string | undefined;
  /** Members that are changed otherwise. */
  readonly changes?: readonly ChangedOtherwise[];
}

export interface ChangedOtherwise {
  readonly at: string;
  readonly was: string;
  readonly now: string;
}

const PROXY = '(proxy)';
const NOT_REACHED = 'not reached';

/** @param exact whether values are compared, and not only where something was changed */
export function differences(then: Decided, now: Decided, exact: boolean): Difference[] {
  const found: Difference[] = [];
  const names = [...new Set([...now.controls, ...then.controls].map(({ control }) => control))];
  let isRefused = false;
  for (const name of names) {
    const [was, is] = [of(then, name), of(now, name)];
    const [before, after] = [was?.decision ?? NOT_REACHED, is?.decision ?? NOT_REACHED];
    const isNew = !then.controls.some(({ control }) => control === name);
    const isGone = !now.controls.some(({ control }) => control === name);
    // What a control further out decided otherwise is told once.
    if (isReached(before) && isReached(after)) {
      if (before !== after) found.push({ control: name, what: 'decision', was: before, now: after, rule: is?.rule });
    } else if (isNew ? isActing(after) : isGone ? isActing(before) : false)
      found.push({
        control: name,
        what: 'decision',
        was: isNew ? 'no such control' : before,
        now: isGone ? 'no such control' : after,
        rule: is?.rule,
      });
    else if (!isNew && !isGone && before !== after && !isRefused && !isRefusedBefore(then, now, name))
      found.push({ control: name, what: 'decision', was: before, now: after, rule: is?.rule });
    if (was?.would !== is?.would)
      found.push({ control: name, what: 'would', was: was?.would ?? 'pass', now: is?.would ?? 'pass', rule: is?.rule });
    const isComparable = isReached(before) || isNew;
    if (isComparable && (isReached(after) || isGone)) {
      for (const what of ['request', 'reply'] as const) {
        const changes = changedOtherwise(was?.[what], is?.[what], exact);
        // What is refused has no reply, or ends in the middle of one.
        if (
          changes.length === 0 ||
          (what === 'reply' && (isRefusal(then.outcome) || isRefusal(now.outcome)) && then.outcome !== now.outcome)
        )
          continue;
        found.push({ control: name, what, ...counted(was?.[what], is?.[what]), changes, rule: is?.rule });
      }
    }
    if (before !== after && (isRefusal(after) || isRefusal(before))) isRefused = true;
  }
  if (found.length === 0 && then.outcome !== now.outcome)
    found.push({ control: now.by ?? then.by ?? PROXY, what: 'outcome', was: then.outcome, now: now.outcome });
  if (found.length === 0 && exact && then.told !== now.told)
    found.push({ control: now.by ?? PROXY, what: 'told', was: then.told ?? 'nothing', now: now.told ?? 'nothing' });
  return found;
}

function of({ controls }: Decided, name: string): ControlDecided | undefined {
  return controls.find(({ control }) => control === name);
}

function isReached(decision: string): boolean {
  return decision !== NOT_REACHED;
}

function isActing(decision: string): boolean {
  return isReached(decision) && decision !== 'pass';
}

/** A control before it, or one further in on the way back, explains why it wasn't reached. */
function isRefusedBefore(then: Decided, now: Decided, name: string): boolean {
  return [then, now].some(
    ({ controls, by }) => by !== undefined && by !== name && controls.some(({ control }) => control === by),
  );
}

function changedOtherwise(
  then: readonly Change[] = [],
  now: readonly Change[] = [],
  exact: boolean,
): ChangedOtherwise[] {
  const [was, is] = [byPlace(then), byPlace(now)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((at) => {
    const [before, after] = [was.get(at), is.get(at)];
    if (before === after) return [];
    if (!exact && before !== undefined && after !== undefined && isGone(before) === isGone(after)) return [];
    return [{ at, was: before ?? 'as it was', now: after ?? 'as it was' }];
  });
}

const GONE = 'removed';

function isGone(value: string): boolean {
  return value === GONE;
}

/** Several messages of one reply may be changed at the same place. */
function byPlace(changes: readonly Change[]): Map<string, string> {
  const places = new Map<string, string>();
  for (const { at, to } of changes) {
    const value = to === undefined ? GONE : JSON.stringify(to);
    const before = places.get(at);
    places.set(at, before === undefined ? value : `${before}, ${value}`);
  }
  return places;
}

/** What is known to differ: as many changes as before are others. */
function counted(
  then: readonly Change[] | undefined,
  now: readonly Change[] | undefined,
): Pick<Difference, 'was' | 'now'> {
  const [was, is] = [words(then), words(now)];
  return { was, now: was === is ? `${is} otherwise` : is };
}

function words(changes: readonly Change[] | undefined): string {
  return changes === undefined || changes.length === 0 ? 'unchanged' : `${changes.length} changed`;
}
