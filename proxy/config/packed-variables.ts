/**
 * Variables of upstreams that a deployment put together, since a runtime takes at most 50: `UPSTREAMS`, `UPSTREAMS_2` and
 * so on, each one JSON object of names and texts.
 */
import type { Environment, Faults } from '../base/environment.ts';
import { kindOf } from '../base/kind-of.ts';

export const PACKED_VARIABLE = /^UPSTREAMS(?:_[1-9]\d*)?$/;

type Collector = Pick<Faults, 'error'>;

/** The proxy reports the faults when it starts. */
const IGNORED: Collector = { error: () => undefined };

/**
 * Returns the environment with the variables that were put together, and without what they were put into.
 * @param faults @default - ignored
 */
export function unpackedVariables(environment: Environment, faults: Collector = IGNORED): Environment {
  const packed = Object.keys(environment).filter((name) => PACKED_VARIABLE.test(name) && environment[name] !== '');
  if (packed.length === 0) return environment;
  const all: Record<string, string | undefined> = { ...environment };
  for (const name of packed) {
    delete all[name];
    for (const [variable, text] of Object.entries(textsIn(name, environment[name], faults))) {
      if ((all[variable] ?? '') !== '')
        faults.error(`${name}: expected variables that are bound nowhere else, got ${variable} a second time`);
      all[variable] = text;
    }
  }
  return all;
}

function textsIn(name: string, json: string | undefined, faults: Collector): Record<string, string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json ?? '{}');
  } catch {
    faults.error(`${name}: expected a JSON object of variables and their texts, got a text that is no JSON`);
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    faults.error(`${name}: expected a JSON object of variables and their texts, got ${kindOf(parsed)}`);
    return {};
  }
  const texts: Record<string, string> = {};
  for (const [variable, text] of Object.entries(parsed))
    if (!variable.startsWith('UPSTREAM_'))
      faults.error(`${name}: expected names that begin with UPSTREAM_, got ${JSON.stringify(variable)}`);
    else if (typeof text !== 'string') faults.error(`${name}: expected a text for ${variable}, got ${kindOf(text)}`);
    else texts[variable] = text;
  return texts;
}
