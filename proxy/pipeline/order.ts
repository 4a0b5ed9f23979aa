/** Warns about controls in an unusual order. */
import { log } from '../base/log.ts';
import { STAGES } from './built-in.ts';
import type { DefinedControl } from './control.ts';

type Ordered = Pick<DefinedControl, 'name' | 'builtIn'>;

const OWN = STAGES.indexOf('own');
/** Made when there is a list to write: it takes several milliseconds of a start. */
const and = (names: readonly string[]): string => new Intl.ListFormat('en-GB').format(names);

/** The position of a control's stage in the usual order. */
function stageOf({ builtIn }: Ordered): number {
  return builtIn === undefined ? OWN : STAGES.indexOf(builtIn.stage);
}

/** Sorts by stage. Controls of one stage keep their order. */
export function usualOrder<C extends Ordered>(controls: readonly C[]): C[] {
  return controls.toSorted((a, b) => stageOf(a) - stageOf(b));
}

/** Logs a warning for each control out of the usual order. Returns the warnings. */
export function oddOrder(controls: readonly Ordered[]): string[] {
  const builtIn = controls.filter((control) => control.builtIn !== undefined);
  const usual = usualOrder(builtIn);
  const warnings = builtIn.flatMap((control, i) => {
    const before = builtIn[i - 1];
    if (before === undefined || stageOf(before) <= stageOf(control)) return [];
    return [`control ${before.name} comes before ${control.name}; the usual order is ${namesOf(usual).join(', ')}`];
  });
  const inspecting = usual.filter((control) => stageOf(control) > OWN);
  controls.forEach((control, i) => {
    if (control.builtIn !== undefined) return;
    const recorder = controls.slice(i).find(({ builtIn }) => builtIn?.stage === 'record');
    if (recorder !== undefined)
      warnings.push(`control ${control.name} comes before ${recorder.name}, which does not record its refusals`);
    const passed = controls.slice(0, i).filter((other) => stageOf(other) > OWN);
    if (passed.length > 0)
      warnings.push(
        `control ${control.name} comes after ${namesOf(passed).join(', ')}, which does not check text that it adds to a call; a control of your own belongs before ${and(namesOf(inspecting))}`,
      );
  });
  for (const warning of warnings) log.warn(warning);
  return warnings;
}

function namesOf(controls: readonly Ordered[]): string[] {
  return controls.map(({ name }) => name);
}
