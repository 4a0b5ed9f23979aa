/**
 * An entry with stand-ins for what is wrong with it. Nothing is deployed from it: the construct looks at the rest, so
 * that a typo in a region and a missing binding are told in one run.
 */
import { isRecord } from '../rules/parse.ts';

/** For members that an entry can't do without, or whose absence would mean something that the person didn't say. */
const STAND_INS: Readonly<Record<string, unknown>> = {
  name: 'unnamed',
  account: '000000000000',
  region: 'us-east-1',
  upstream: { url: 'https://upstream.invalid' },
  // An upstream that names no gateway can't be signed for.
  upstreamAuth: 'none',
  // The one that permits what the other doesn't.
  inboundAuth: { newUserPool: {} },
};

/** @param members those that have faults: replaced where there is a stand-in, else left out */
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
