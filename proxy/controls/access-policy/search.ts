/**
 * AgentCore Gateway's search is a tool whose result is a list of tools: it shows no more than the list does. In the structured
 * content as in the text, which repeats it as JSON. A result of another form is refused.
 */
import { ProxyError } from '../../errors.ts';
import { isObject, type JsonObject, JsonText, type JsonValue } from '../../json/lossless.ts';

/** The tool's name at every gateway (AgentCore developer guide, "Search for tools"). */
export const SEARCH = 'x_amz_bedrock_agentcore_search';

export function foundOf(result: JsonObject, may: (tool: string) => boolean): JsonObject {
  // Says what went wrong, and lists nothing.
  if (result['isError'] === true) return result;
  const { structuredContent, content } = result;
  const next: Record<string, JsonValue | undefined> = { ...result };
  if (structuredContent !== undefined) next['structuredContent'] = shown(structuredContent, may);
  if (Array.isArray(content)) {
    const items = (content as readonly JsonValue[]).map((item) => textOf(item, may));
    if (items.some((item, i) => item !== content[i])) next['content'] = items;
  }
  return next['structuredContent'] === structuredContent && next['content'] === content ? result : next;
}

function textOf(item: JsonValue, may: (tool: string) => boolean): JsonValue {
  if (!isObject(item) || item['type'] !== 'text' || typeof item['text'] !== 'string') throw unclear();
  const json = parse(item['text']);
  const text = json.edit(shown(json.value, may));
  return text === item['text'] ? item : { ...item, text };
}

function parse(text: string): JsonText {
  try {
    return JsonText.parse(text);
  } catch {
    throw unclear();
  }
}

function shown(found: JsonValue, may: (tool: string) => boolean): JsonValue {
  if (!isObject(found) || !Array.isArray(found['tools'])) throw unclear();
  const all = found['tools'] as readonly JsonValue[];
  const tools = all.filter((tool) => isObject(tool) && typeof tool['name'] === 'string' && may(tool['name']));
  return tools.length === all.length ? found : { ...found, tools };
}

function unclear(): ProxyError {
  return new ProxyError('inspection-failed', 'the search for tools brought something other than a list of tools, which a policy must filter');
}
