/**
 * Lists show what the caller may use: each entry is decided like its use. The remaining entries are sent byte for byte.
 */
import { ProxyError } from '../../base/errors.ts';
import { inTurns } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { outlined } from '../../json/entries-in-text.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { TextEdit } from '../../reply/mapping.ts';
import { forCallerOnly } from '../shared/caller-only.ts';
import { entriesOf } from '../shared/entries.ts';
import { mapped, type May, those } from './kept.ts';
import type { LastShown } from './last-shown.ts';
import type { Asked } from './requests.ts';
import { shownSkill } from './skills.ts';

interface List {
  readonly member: string;
  readonly key: string;
  readonly asked: (name: string) => Asked;
  /** The action that decides an entry. */
  readonly action: string;
  /**
   * Returns the permitted parts of an entry; undefined if there are none.
   * @default - the entry is shown or not
   */
  readonly shown?: (entry: JsonValue, may: May) => Promise<JsonValue | undefined>;
}

/** What earlier lists showed. */
export interface Last {
  readonly lists: LastShown;
  /** All that decisions depend on besides the kind of the list and the name. */
  readonly key: string;
}

const tool = (name: string): Asked => ({
  action: 'tools/call',
  resource: { type: 'Tool', name },
  arguments: undefined,
});
const prompt = (name: string): Asked => ({
  action: 'prompts/get',
  resource: { type: 'Prompt', name },
  arguments: undefined,
});
const resource = (uri: string): Asked => ({
  action: 'resources/read',
  resource: { type: 'Resource', uri },
  arguments: undefined,
});

const LISTS: Readonly<Record<string, List>> = {
  'tools/list': { member: 'tools', key: 'name', asked: tool, action: 'tools/call' },
  'prompts/list': { member: 'prompts', key: 'name', asked: prompt, action: 'prompts/get' },
  'resources/list': { member: 'resources', key: 'uri', asked: resource, action: 'resources/read' },
  // A template is shown if its text, read as a URI, may be read.
  'resources/templates/list': {
    member: 'resourceTemplates',
    key: 'uriTemplate',
    asked: resource,
    action: 'resources/read',
  },
  'resources/directory/read': { member: 'resources', key: 'uri', asked: resource, action: 'resources/read' },
  'skills/list': { member: 'skills', key: 'uri', asked: resource, action: 'resources/read', shown: shownSkill },
};

export function listOf(method: string): List | undefined {
  return Object.hasOwn(LISTS, method) ? LISTS[method] : undefined;
}

/**
 * A page with the entries that `may` be used. Throws `inspection-failed` if it is not a valid list.
 * @param own whether to mark the result as private to this caller
 * @param last what an earlier list showed. @default - each entry is decided
 */
export async function shownOf(
  result: JsonObject,
  { member, key, asked, shown: parts }: List,
  may: May,
  own: boolean,
  last?: Last,
): Promise<JsonObject> {
  const entries = entriesOf(result, member);
  const decide = (name: string): boolean => may(asked(name));
  const deciding = last?.lists.over(`${member} ${last.key}`, decide);
  const shown =
    parts === undefined
      ? // An entry without a name can't be used.
        await those(entries, (entry) => {
          const name = isObject(entry) ? entry[key] : undefined;
          return typeof name === 'string' && (deciding === undefined ? decide(name) : deciding.shows(name));
        })
      : await mapped(entries, (entry) => parts(entry, may));
  deciding?.end();
  const kept = own ? forCallerOnly(result) : result;
  return shown === entries ? kept : { ...kept, [member]: shown };
}

/**
 * {@link shownOf} in the text of a response, of which only the names are read. Undefined: the response must be parsed.
 */
export async function shownInText(
  json: string,
  list: List,
  may: May,
  own: boolean,
  last?: Last,
): Promise<readonly TextEdit[] | undefined> {
  const read = await inTurns(outlined(json, list));
  if (read === undefined) return undefined;
  const shown = await shownOf(read.result, list, may, own, last);
  if (shown === read.result) return UNCHANGED;
  return [
    { start: 0, end: json.length, text: await inTurns(read.text.editInTurns({ ...read.message, result: shown })) },
  ];
}

const UNCHANGED: readonly TextEdit[] = Object.freeze([]);

/** The tools of a search result that may be used; the same list if all may. */
export function usable(tools: readonly JsonValue[], may: May): Promise<readonly JsonValue[]> {
  return those(tools, (entry) => isObject(entry) && typeof entry['name'] === 'string' && may(tool(entry['name'])));
}

/** The names on a page. */
export function namesOn(result: JsonObject, { member, key }: List): string[] {
  const entries = result[member];
  return Array.isArray(entries)
    ? (entries as readonly JsonValue[])
        .map((entry) => (isObject(entry) ? entry[key] : undefined))
        .filter((name) => typeof name === 'string')
    : [];
}

/** `subscriptions/listen` with only those resources that may be read. The upstream confirms what it will report. */
export async function subscribedBy(call: Call, may: (uri: string) => boolean): Promise<Call> {
  const notifications = call.params?.['notifications'];
  if (notifications === undefined) return call;
  const uris = isObject(notifications) ? notifications['resourceSubscriptions'] : null;
  if (uris === undefined) return call;
  // A lenient upstream might find resources in it that were not filtered.
  if (!isObject(notifications) || !Array.isArray(uris))
    throw new ProxyError(
      'invalid-params',
      `${call.method}: expected params.notifications to be an object with a list resourceSubscriptions, got something else`,
    );
  const allowed = await those(uris, (uri) => typeof uri === 'string' && may(uri));
  return allowed === uris
    ? call
    : call.with({ ...call.params, notifications: { ...notifications, resourceSubscriptions: allowed } });
}
