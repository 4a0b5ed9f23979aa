/**
 * AgentCore Gateway's search is a tool whose result is a list of tools, so it must show the same tools as the list
 * does, in the same form. This holds for the structured content and for the text that repeats it as JSON. A result of
 * another form is refused. What a failed search says is replaced, since it may describe any tool.
 */
import { ProxyError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { isObject, JsonText } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { entriesOf, refuseVariants } from './entries.ts';

/** The tool's name at every gateway (AgentCore developer guide, "Search for tools"). */
export const SEARCH = 'x_amz_bedrock_agentcore_search';

/**
 * Whether the call reaches the upstream's search tool, under any name that the client, outer controls or a prefix
 * give it.
 * Known only after the reply has arrived.
 */
export function isSearch({ method, name, exchange }: Call): boolean {
  return (
    method === 'tools/call' && (exchange.channels.nameAtUpstream ?? exchange.channels.sent?.name ?? name) === SEARCH
  );
}

/** Filters or changes the tools of a list; returns the same list if nothing changes. */
export type ShowTools = (tools: readonly JsonValue[]) => readonly JsonValue[] | Promise<readonly JsonValue[]>;

export interface FoundOptions {
  /** Leaves out what stands beside the tools, which may describe tools as well. @default false */
  readonly onlyTools?: boolean;
}

/** Members of a result that the protocol defines for a call. */
const OF_RESULT: readonly string[] = ['content', 'structuredContent', 'isError', 'resultType', '_meta'];

/** The search result with the filtered tools. Throws `inspection-failed`. */
export async function foundOf(
  result: JsonObject,
  shows: ShowTools,
  { onlyTools = false }: FoundOptions = {},
): Promise<JsonObject> {
  const show: Show = { tools: shows, onlyTools, failed: result['isError'] === true };
  const { structuredContent, content } = result;
  for (const member of ['structuredContent', 'content', 'isError']) refuseVariants(result, member);
  const known = onlyTools ? only(result, OF_RESULT) : result;
  const next: Record<string, JsonValue | undefined> = { ...known };
  if (structuredContent !== undefined)
    next['structuredContent'] = saysOther(structuredContent, show) ? undefined : await shown(structuredContent, show);
  if (content !== undefined) next['content'] = await blocksOf(content, (block) => textOf(block, show));
  return next['structuredContent'] === structuredContent && next['content'] === content ? known : next;
}

async function blocksOf(content: JsonValue, shownIn: (block: JsonValue) => Promise<JsonValue>): Promise<JsonValue> {
  if (!Array.isArray(content)) throw unclear();
  const blocks: JsonValue[] = [];
  for (const block of content as readonly JsonValue[]) blocks.push(await shownIn(block));
  return blocks.some((block, i) => block !== content[i]) ? blocks : content;
}

async function textOf(block: JsonValue, show: Show): Promise<JsonValue> {
  if (!isObject(block) || block['type'] !== 'text' || typeof block['text'] !== 'string') throw unclear();
  const json = parse(block['text']);
  if (saysOther(json?.value, show)) return { type: 'text', text: FAILED };
  if (json === undefined) throw unclear();
  const text = json.edit(await shown(json.value, show));
  const known = show.onlyTools ? only(block, ['type', 'text']) : block;
  return text === block['text'] ? known : { ...known, text };
}

/** What a model reads in place of the words of a failed search. */
const FAILED = 'the search for tools failed: check its arguments against its input schema, or try other words';

/** Whether a failed search says something else than a list of tools. */
function saysOther(found: JsonValue | undefined, { failed }: Show): boolean {
  return failed && !(isObject(found) && 'tools' in found);
}

function parse(text: string): JsonText | undefined {
  try {
    return JsonText.parse(text);
  } catch {
    return undefined;
  }
}

async function shown(found: JsonValue, { tools: show, onlyTools }: Show): Promise<JsonValue> {
  if (!isObject(found)) throw unclear();
  const tools = entriesOf(found, 'tools');
  const left = await show(tools);
  const known = onlyTools ? only(found, ['tools']) : found;
  return left === tools ? known : { ...known, tools: left };
}

interface Show extends Required<FoundOptions> {
  readonly tools: ShowTools;
  readonly failed: boolean;
}

/** The same object if it has no other members. */
function only(object: JsonObject, members: readonly string[]): JsonObject {
  const entries = Object.entries(object);
  const kept = entries.filter(([key]) => members.includes(key));
  return kept.length === entries.length ? object : Object.fromEntries(kept);
}

function unclear(): ProxyError {
  return new ProxyError(
    'inspection-failed',
    'cannot filter the search for tools: expected a list of tools, got something else',
  );
}
