/** URIs in what prompts, tools and resources hold, as the client sees them. */
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { clear } from './clear-keys.ts';
import { replaced } from './replaced.ts';

/** How the client sees a URI of the upstream. */
export type ShownUri = (uri: string) => string | Promise<string>;

export async function inMessages(result: JsonObject, shown: ShownUri): Promise<JsonObject> {
  const messages: unknown = result['messages'];
  if (!Array.isArray(messages)) return result;
  const next = await Promise.all(
    (messages as readonly JsonValue[]).map(async (message) =>
      isObject(message) ? inMessage(clear(message, 'block'), shown) : message,
    ),
  );
  return next.every((message, i) => message === messages[i]) ? result : { ...result, messages: next };
}

async function inMessage(message: JsonObject, shown: ShownUri): Promise<JsonObject> {
  const { content } = message;
  return isObject(content) ? replaced(message, 'content', await inBlock(content, shown)) : message;
}

export async function inList(result: JsonObject, member: string, shown: ShownUri): Promise<JsonObject> {
  const list: unknown = result[member];
  if (!Array.isArray(list)) return result;
  const next = await Promise.all(
    (list as readonly JsonValue[]).map((block) => (isObject(block) ? inBlock(block, shown) : Promise.resolve(block))),
  );
  return next.every((block, i) => block === list[i]) ? result : { ...result, [member]: next };
}

/** A content block, or the contents of a resource. */
async function inBlock(block: JsonObject, shown: ShownUri): Promise<JsonObject> {
  const { uri, resource } = clear(block, 'block');
  if (typeof uri === 'string') return replaced(block, 'uri', await shown(uri));
  if (!isObject(resource)) return block;
  const { uri: inner } = clear(resource, 'block');
  return typeof inner === 'string' ? replaced(block, 'resource', replaced(resource, 'uri', await shown(inner))) : block;
}
