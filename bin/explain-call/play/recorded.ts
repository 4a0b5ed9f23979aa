/** Plays one call of a record, after those before it, with the answers that its upstream gave. */
import type { ProxyConfig } from '../../../proxy/config/config.ts';
import { Engine } from '../../../traffic/replay/engine.ts';
import { withoutNetwork } from '../../../traffic/replay/no-network.ts';
import { OptionError } from '../../option-error.ts';
import type { Explanation } from '../explanation.ts';
import type { GivenRecord } from './given.ts';
import { toldOf } from './told.ts';

export async function explainRecorded({ record, call }: GivenRecord, config: ProxyConfig): Promise<Explanation> {
  const engine = new Engine(record);
  withoutNetwork((where) => engine.tried(where));
  const played = (await engine.play(config)).find(({ recorded }) => recorded.call === call);
  if (played?.recording === undefined)
    throw new OptionError([`CALL: the call can't be played: ${played?.why ?? 'it is not in the record'}`]);
  const { recorded, recording, client, unknown, tried } = played;
  const { detail } = recording;
  return toldOf({
    detail,
    answered: { status: detail.status ?? 0, body: client?.text ?? '' },
    wasForwarded: recorded.asked.length === 0 && unknown.length > 0,
    unknown: new Set(unknown),
    config,
    // A record has what was called, not what may be.
    names: () => Promise.resolve(undefined),
    claims: recorded.claims,
    notes: [
      ...(record.head.values === 'redacted'
        ? ['The values of a record are replaced by others, so rules about values may decide otherwise here.']
        : []),
      ...tried.map((where) => `A control wanted to connect to ${where}, which an explanation does not.`),
    ],
  });
}
