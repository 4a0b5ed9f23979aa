/** The container's environment, within the platform's limits. */
import { type Faults, known } from './faults.ts';

const MOST = 50;
const LONGEST = 2048;
/** Platform V2's limit, in bytes of all names and values. */
const V2_TOTAL = 2560;

/**
 * The variables as the runtime gets them: if there are too many, those in `implied` are left out, of which the proxy needs
 * none.
 */
export function fitting(
  environment: Readonly<Record<string, string>>,
  implied: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(environment);
  return entries.length <= MOST ? environment : Object.fromEntries(entries.filter(([name]) => !implied.has(name)));
}

/** Counts a value that is only known at deploy time as empty, so that a fault here is certain. */
export function checkEnvironment(environment: Readonly<Record<string, string>>, v2: boolean, faults: Faults): void {
  const entries = Object.entries(environment);
  if (entries.length > MOST) {
    const ofUpstreams = entries.filter(([name]) => name.startsWith('UPSTREAM_')).length;
    const advice =
      ofUpstreams > MOST / 2
        ? `, ${ofUpstreams} of them for upstreams: put some of the upstreams behind one gateway, or behind a second proxy`
        : ': put values that no deployment changes into the config';
    faults.add(`environment: expected at most ${MOST} variables, got ${entries.length}${advice}`);
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
