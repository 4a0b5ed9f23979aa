/** Turns tokens back into data: in a call for the upstream, and in a reply for the client. */
import { log } from '../../base/log.ts';
import { inTurns } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import type { Source } from '../../json/digits.ts';
import type { JsonObject } from '../../json/value.ts';
import type { TextEdit } from '../../reply/mapping.ts';
import type { Reply } from '../../reply/reply.ts';
import { answeredToCallerOnly } from '../shared/caller-only.ts';
import { mapMessage, type Place, subjectOf } from '../shared/surfaces/index.ts';
import type { Crossing, Walked } from './crossing.ts';
import { restoredIn } from './in-text.ts';
import { valuesFor } from './restore.ts';
import { type Restored, type Restoring, TokenFinder } from './token-finder.ts';
import { mayHoldTokens } from './token.ts';

/** Attaches the transformations that turn tokens back in what the client gets. */
export function restoredForClient(reply: Reply, crossing: Crossing): Reply {
  const { call, setting, issued } = crossing;
  const { options, rules } = setting;
  // Fields of the call hold tokens without a marker, which are turned back there.
  const shaped =
    !rules.fields.empty && rules.fields.of(subjectOf(call), call.method).some(({ value }) => value.reverses === true);
  // The message whose restored tokens were already noted as a fact; it may still have to be parsed.
  let noted: string | undefined;
  const map = async (message: JsonObject, source: Source | undefined): Promise<JsonObject> => {
    const at = (place: Place): Restored => {
      const field = shaped ? rules.fields.permits(place) : undefined;
      return field?.reverses === true ? { type: field.type } : ANY;
    };
    const mapped = await restored(
      crossing,
      (visitor) => mapMessage(message, call, visitor, source),
      message,
      { to: 'client', at, issued, anywhere: shaped, inUrls: options.restoreInUrls ?? false },
      () => source === undefined || source.json !== noted,
    );
    return mapped === message || !crossing.dependsOnCaller ? mapped : answeredToCallerOnly(mapped);
  };
  if (shaped || issued.size > MANY) return reply.mapMessages(map);
  // Messages whose tokens are restored: one may have a marker and tokens without one.
  let done: WeakSet<JsonObject> | undefined;
  const once =
    issued.size === 0
      ? map
      : async (message: JsonObject, source: Source | undefined): Promise<JsonObject> => {
          done ??= new WeakSet();
          if (done.has(message)) return message;
          const mapped = await map(message, source);
          done.add(mapped);
          return mapped;
        };
  // If a policy decides by field, or a token without a marker may be anywhere, the message must be parsed.
  const text =
    options.decide === undefined && issued.size === 0 && call.method === 'tools/call' && call.kind === 'request'
      ? async (json: string) => {
          const edits = await restoredText(json, crossing);
          if (edits !== undefined && edits.length > 0) noted = json;
          return edits;
        }
      : undefined;
  reply.mapMessages(once, text === undefined ? MARKED : { ...MARKED, text });
  for (const token of issued.keys()) reply.mapMessages(once, { contains: token, verbatim: true });
  return reply;
}

async function restoredText(json: string, crossing: Crossing): Promise<readonly TextEdit[] | undefined> {
  const { name, loaded } = crossing.setting;
  if (loaded.tokens === undefined) await loaded.loadTokens();
  else await loaded.refresh(json);
  const edits =
    loaded.tokens === undefined ? undefined : await inTurns(restoredIn(json, crossing.tenant, loaded.tokens));
  if (edits !== undefined && edits.length > 0)
    crossing.call.note({ control: name, restored: edits.length, to: 'client' });
  return edits;
}

/** @param isNew whether the restored tokens are not noted as a fact yet */
export async function restored<T extends Call | JsonObject>(
  crossing: Crossing,
  walked: Walked<T>,
  unchanged: T,
  restoring: Restoring,
  isNew: () => boolean,
): Promise<T> {
  const { call, setting } = crossing;
  const { loaded } = setting;
  const finder = new TokenFinder(restoring);
  await walked(finder);
  if (finder.found.length === 0) {
    if (finder.broken > 0) report(call, setting.name, finder.broken);
    return unchanged;
  }
  if (loaded.tokens === undefined) await loaded.loadTokens();
  else for (const { value } of finder.found) if (typeof value === 'string') await loaded.refresh(value);
  const tokens = loaded.tokens ?? (await loaded.loadTokens());
  const values = await valuesFor(finder, crossing.tenant, tokens, crossing.maySee);
  if (finder.broken > 0) report(call, setting.name, finder.broken);
  if (values === undefined) return unchanged;
  if (isNew()) call.note({ control: setting.name, restored: values.count, to: restoring.to });
  return walked(values.replacer);
}

/** Tokens that were cut or changed: the upstream no longer has what they stood for. Another tenant's look the same. */
function report(call: Call, control: string, broken: number): void {
  call.note({ control, broken });
  log.warn(
    'tokens came back cut or changed, or of another tenant, so they stay: does the upstream limit the length or change the case?',
    { event: 'tokenization', broken, tool: call.method === 'tools/call' ? call.name : undefined },
  );
}

const ANY = Object.freeze({});
/** Messages that may hold a token with a marker. */
const MARKED = Object.freeze({ when: mayHoldTokens, whenAnywhere: true, whenNamed: 'tokens' });
/** With more tokens without a marker than this, a search for each costs too much. */
const MANY = 16;
