/**
 * The upstreams of a proxy, from the variables of its runtime: the construct sets `…_AUTH` for each, or only `…_URL` or
 * `…_ARN` where there are too many.
 */
import { shownUrl } from '../../proxy/base/shown-url.ts';
import { UPSTREAM_VARIABLES } from '../../proxy/config/bindings.ts';

export interface RuntimeUpstream {
  /** The config's name; undefined if the variables don't say it: the only one. */
  readonly name: string | undefined;
  /** Undefined if it is only known after the deployment. */
  readonly address: string | undefined;
  /** @default - the default of its address */
  readonly auth: string | undefined;
  /** The names of its variables. */
  readonly variables: readonly string[];
}

/** At least one, in the order of the variables. */
export function upstreamsIn(environment: Readonly<Record<string, string | undefined>>): readonly RuntimeUpstream[] {
  const own = Object.keys(environment).filter((name) => name.startsWith('UPSTREAM_'));
  const prefixes = [...new Set(own.flatMap(prefixIn))];
  return (prefixes.length === 0 ? ['UPSTREAM'] : prefixes).map((prefix) => {
    const longer = prefixes.filter((other) => other.startsWith(`${prefix}_`));
    const url = environment[`${prefix}_URL`];
    return {
      name: prefix === 'UPSTREAM' ? undefined : prefix.slice('UPSTREAM_'.length).toLowerCase().replaceAll('_', '-'),
      address: environment[`${prefix}_ARN`] ?? (url === undefined ? undefined : shownUrl(url)),
      auth: environment[`${prefix}_AUTH`],
      variables: own.filter(
        (name) => name.startsWith(`${prefix}_`) && !longer.some((other) => name.startsWith(`${other}_`)),
      ),
    };
  });
}

/** Longest first, since `UPSTREAM_CRM_TOKEN_URL` is no address of an upstream `crm-token`. */
const SUFFIXES = Object.keys(UPSTREAM_VARIABLES).toSorted((one, other) => other.length - one.length);

/** The prefix of an upstream, if this variable says that there is one. */
function prefixIn(name: string): readonly string[] {
  const suffix = SUFFIXES.find((each) => name.endsWith(`_${each}`)) ?? '';
  return ['URL', 'ARN', 'AUTH'].includes(suffix) ? [name.slice(0, -suffix.length - 1)] : [];
}
