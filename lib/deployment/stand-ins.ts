/**
 * An entry with stand-ins for its faulty members. It is never deployed: it lets the construct check the other members,
 * so that a typo in a region and a missing binding are reported in one run.
 */
import { isRecord } from '../rules/parse.ts';

/** For required members, and for members whose absence would mean something else. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  name: 'unnamed',
  account: '000000000000',
  region: 'us-east-1',
  upstream: { url: 'https://upstream.invalid' },
  upstreams: { unnamed: { url: 'https://upstream.invalid' } },
  // SigV4 needs to know which gateway an upstream is.
  upstreamAuth: 'none',
  // The value that permits what the other one doesn't.
  inboundAuth: { newUserPool: {} },
};

/** @param members the faulty members: replaced if there is a stand-in, else left out */
export function withStandIns(item: unknown, members: ReadonlySet<string>): unknown {
  if (!isRecord(item)) return item;
  const sound = Object.entries(item).filter(([key]) => !members.has(key));
  const signs = item['upstreamAuth'] === undefined || item['upstreamAuth'] === 'iam';
  const replaced = [...members, ...(members.has('upstream') && signs ? ['upstreamAuth'] : [])];
  return {
    ...Object.fromEntries(sound),
    ...Object.fromEntries(replaced.flatMap((key) => (STAND_INS[key] === undefined ? [] : [[key, STAND_INS[key]]]))),
  };
}
