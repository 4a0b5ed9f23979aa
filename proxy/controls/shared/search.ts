/**
 * AgentCore Gateway's search is a tool whose result is a list of tools: it shows no more than the list does, and shows
 * it so. In the structured content as in the text, which repeats it as JSON. A result of another form is refused.
 */
import { ProxyError } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { isObject, JsonText } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { entriesOf } from './entries.ts';

/** The tool's name at every gateway (AgentCore developer guide, "Search for tools"). */
export const SEARCH = 'x_amz_bedrock_agentcore_search';

/**
 * Whether the call is one to the upstream's search, whatever the client and the controls further out call it. To be
 * asked once the reply is there.
 */
export function isSearch({ method, name, exchange }: Call): boolean {
  return method === 'tools/call' && (exchange.sent?.name ?? name) === SEARCH;
}

/** What becomes of the tools of a list; the very list where nothing does. */
export type ShowTools = (tools: readonly JsonValue[]) => readonly JsonValue[] | Promise<readonly JsonValue[]>;

/** The result of a search with those tools only that are shown, as they are shown. Throws `inspection-failed`. */
export async function foundOf(result: JsonObject, show: ShowTools): Promise<JsonObject> {
  const { structuredContent, content } = result;
  const next: Record<string, JsonValue | undefined> = { ...result };
  // One that failed says in words why.
  const failed = result['isError'] === true;
  if (structuredContent !== undefined) next['structuredContent'] = await shown(structuredContent, show, failed);
  if (content !== undefined) next['content'] = await blocksOf(content, (block) => textOf(block, show, failed));
  return next['structuredContent'] === structuredContent && next['content'] === content ? result : next;
}

async function blocksOf(content: JsonValue, shownIn: (block: JsonValue) => Promise<JsonValue>): Promise<JsonValue> {
  if (!Array.isArray(content)) throw unclear();
  const blocks: JsonValue[] = [];
  for (const block of content as readonly JsonValue[]) blocks.push(await shownIn(block));
  return blocks.some((block, i) => block !== content[i]) ? blocks : content;
}

async function textOf(block: JsonValue, show: ShowTools, failed: boolean): Promise<JsonValue> {
  if (!isObject(block) || block['type'] !== 'text' || typeof block['text'] !== 'string') throw unclear();
  const json = parse(block['text']);
  if (json === undefined && !failed) throw unclear();
  const text = json?.edit(await shown(json.value, show, failed)) ?? block['text'];
  return text === block['text'] ? block : { ...block, text };
}

function parse(text: string): JsonText | undefined {
  try {
    return JsonText.parse(text);
  } catch {
    return undefined;
  }
}

async function shown(found: JsonValue, show: ShowTools, failed: boolean): Promise<JsonValue> {
  if (failed && !(isObject(found) && 'tools' in found)) return found;
  if (!isObject(found)) throw unclear();
  const tools = entriesOf(found, 'tools');
  const left = await show(tools);
  return left === tools ? found : { ...found, tools: left };
}

function unclear(): ProxyError {
  return new ProxyError(
    'inspection-failed',
    'the search for tools brought something other than a list of tools, which a control must filter',
  );
}
