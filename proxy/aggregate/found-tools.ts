/** The result of a gateway's search for tools, with the names that clients know. */
import { isObject, JsonText } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Naming } from './naming.ts';
import { replaced } from './replaced.ts';

/** The tool by which a gateway finds tools; its results hold their names. */
const SEARCH_TOOL = 'x_amz_bedrock_agentcore_search';

/** @param name as the upstream knows it */
export function isSearch({ method, name }: { readonly method: string; readonly name: string | undefined }): boolean {
  return method === 'tools/call' && name?.endsWith(SEARCH_TOOL) === true;
}

/** A gateway's search: the names of the tools that it found, in the structure and in the text that repeats it. */
export function foundTools(result: JsonObject, naming: Naming): JsonObject {
  const structured = result['structuredContent'];
  let next = result;
  if (isObject(structured)) next = replaced(next, 'structuredContent', renamed(structured, naming));
  const content: unknown = next['content'];
  if (!Array.isArray(content)) return next;
  const blocks = (content as readonly JsonValue[]).map((block) => {
    if (!isObject(block) || typeof block['text'] !== 'string') return block;
    const inner = parsed(block['text']);
    return inner === undefined || !isObject(inner.value)
      ? block
      : replaced(block, 'text', inner.edit(renamed(inner.value, naming)));
  });
  return blocks.every((block, i) => block === content[i]) ? next : { ...next, content: blocks };
}

function renamed(found: JsonObject, naming: Naming): JsonObject {
  const tools: unknown = found['tools'];
  if (!Array.isArray(tools)) return found;
  return {
    ...found,
    tools: (tools as readonly JsonValue[]).map((tool) =>
      isObject(tool) && typeof tool['name'] === 'string' ? replaced(tool, 'name', naming.shown(tool['name'])) : tool,
    ),
  };
}

function parsed(text: string): JsonText | undefined {
  try {
    return JsonText.parse(text);
  } catch {
    return undefined;
  }
}
