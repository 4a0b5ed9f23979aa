/** The container's environment, within the platform's limits. */
import type { Stack } from 'aws-cdk-lib';
import { type Faults, known } from './faults.ts';

const MOST = 50;
const LONGEST = 2048;
/** Room for a value that is only known at deploy time: an ARN or a URL. */
const LONGEST_ARN = 400;
/** Platform V2's limit, in bytes of all names and values. */
const V2_TOTAL = 2560;

/**
 * The variables as the runtime gets them. If there are too many, those in `implied` are left out, of which the proxy needs
 * none. If there are still too many, those of upstreams are put together.
 */
export function fitting(
  environment: Readonly<Record<string, string>>,
  implied: ReadonlySet<string>,
  stack: Stack,
): Readonly<Record<string, string>> {
  const entries = Object.entries(environment);
  if (entries.length <= MOST) return environment;
  const needed = entries.filter(([name]) => !implied.has(name));
  return Object.fromEntries(needed.length <= MOST ? needed : packed(needed, stack));
}

type Variable = readonly [name: string, value: string];

/**
 * Puts variables of upstreams together, for `proxy/config/packed-variables.ts`. Those that are only known at deploy time
 * are last, so that they stay readable in the template if there is room.
 */
function packed(variables: readonly Variable[], stack: Stack): readonly Variable[] {
  const [ofUpstreams, others] = parted(variables, ([name]) => name.startsWith('UPSTREAM_'));
  const [clear, later] = parted(ofUpstreams, ([, value]) => known(value));
  const some = objects(clear);
  const fits = others.length + later.length + some.length <= MOST;
  const all = fits ? some : objects([...clear, ...later]);
  return [
    ...others,
    ...(fits ? later : []),
    ...all.map((members, i): Variable => {
      const json = stack.toJsonString(Object.fromEntries(members));
      return [i === 0 ? 'UPSTREAMS' : `UPSTREAMS_${i + 1}`, json];
    }),
  ];
}

/** As few objects as hold all, in their order, each short enough for one variable. */
function objects(variables: readonly Variable[]): readonly (readonly Variable[])[] {
  const made: Variable[][] = [];
  let room = 0;
  for (const variable of variables) {
    const [name, value] = variable;
    const length = known(value) ? JSON.stringify({ [name]: value }).length : name.length + LONGEST_ARN;
    const last = made.at(-1);
    if (last === undefined || length > room) {
      made.push([variable]);
      room = LONGEST - length;
    } else {
      last.push(variable);
      room -= length;
    }
  }
  return made;
}

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Counts a value that is only known at deploy time as empty, so that a fault here is certain. */
export function checkEnvironment(environment: Readonly<Record<string, string>>, v2: boolean, faults: Faults): void {
  const entries = Object.entries(environment);
  if (entries.length > MOST) {
    faults.add(
      `environment: expected at most ${MOST} variables, got ${entries.length}: put values that no deployment changes into the config`,
    );
  }
  let total = 0;
  for (const [name, value] of entries) {
    const length = known(value) ? value.length : 0;
    if (length > LONGEST)
      faults.add(
        `environment: expected at most ${LONGEST} characters in ${name}, got ${length}: put policy into the config, which is in the image`,
      );
    total += Buffer.byteLength(name) + (known(value) ? Buffer.byteLength(value) : 0);
  }
  if (v2 && total > V2_TOTAL)
    faults.add(
      `environment: expected at most ${V2_TOTAL} bytes in all names and values on platform V2, got ${total}: use platform V1, or put values into the config`,
    );
}
