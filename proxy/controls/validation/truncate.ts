/**
 * A result that is too large, cut so that a model can tell: text ends with a notice, what can't be cut (an image, a blob, an embedded
 * resource) is replaced by one. Structured content can't be cut and still be what its schema says: a result with too much of it
 * becomes an error, whose text says what to do.
 */
import { Denied } from '../../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';

/** Characters kept for the notices and what surrounds the contents. */
const ROOM = 300;

export function truncated(result: JsonObject, method: string, most: number): JsonObject {
  const size = JSON.stringify(result).length;
  if (size <= most) return result;
  const budget = new Budget(Math.max(0, most - ROOM), size);
  switch (method) {
    case 'tools/call':
      return tool(result, budget);
    case 'resources/read':
      return Array.isArray(result['contents']) ? { ...result, contents: contents(result['contents'] as readonly JsonValue[], budget) } : refuse(budget);
    case 'prompts/get':
      return Array.isArray(result['messages']) ? { ...result, messages: messages(result['messages'] as readonly JsonValue[], budget) } : refuse(budget);
    default:
      return refuse(budget);
  }
}

class Budget {
  left: number;
  readonly total: number;
  told = false;

  constructor(left: number, total: number) {
    this.left = left;
    this.total = total;
  }

  /** Whether something of that size still fits. */
  take(value: JsonValue): boolean {
    const size = JSON.stringify(value).length + 1;
    if (size > this.left) return false;
    this.left -= size;
    return true;
  }

  /** The beginning of a text that fits, by whole characters; and that it was cut. */
  cut(text: string): string {
    let end = Math.min(text.length, this.left);
    // An escape takes up to six characters.
    while (end > 0 && JSON.stringify(text.slice(0, end)).length > this.left) end = Math.floor(end * 0.75);
    const c = text.charCodeAt(end - 1);
    if (end > 0 && c >= 0xd800 && c <= 0xdbff) end--;
    this.left = 0;
    this.told = true;
    return `${text.slice(0, end)}\n[truncated: ${end} of ${text.length} characters of this text; the whole result has ${this.total}, more than may be passed on. Ask for less.]`;
  }
}

function refuse({ total }: Budget): never {
  throw new Denied(`a result of ${total} characters, more than may be passed on`);
}

function tool(result: JsonObject, budget: Budget): JsonObject {
  const { content, structuredContent, ...rest } = result;
  const blocks = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  if (structuredContent === undefined || result['isError'] === true) return { ...rest, content: fitting(blocks, budget) };
  if (budget.take(structuredContent)) return { ...rest, content: fitting(blocks, budget), structuredContent };
  const notice = `The result is too large to be passed on: ${budget.total} characters. Ask for less.`;
  return { ...rest, content: [{ type: 'text', text: notice }, ...fitting(blocks, budget)], isError: true };
}

function fitting(blocks: readonly JsonValue[], budget: Budget): readonly JsonValue[] {
  const kept: JsonValue[] = [];
  let left = 0;
  for (const block of blocks) {
    if (budget.told) left++;
    else if (budget.take(block)) kept.push(block);
    else if (isObject(block) && block['type'] === 'text' && typeof block['text'] === 'string') kept.push({ ...block, text: budget.cut(block['text']) });
    else left++;
  }
  if (left > 0) kept.push({ type: 'text', text: `[truncated: ${left} more part${left === 1 ? '' : 's'} of the result left out; it has ${budget.total} characters, more than may be passed on]` });
  return kept;
}

/** Parts of a resource are what was asked for: text is cut, what is no text can't be. */
function contents(parts: readonly JsonValue[], budget: Budget): readonly JsonValue[] {
  const kept: JsonValue[] = [];
  for (const part of parts) {
    if (budget.told) break;
    if (budget.take(part)) kept.push(part);
    else if (isObject(part) && typeof part['text'] === 'string') kept.push({ ...part, text: budget.cut(part['text']) });
    else refuse(budget);
  }
  return kept;
}

function messages(list: readonly JsonValue[], budget: Budget): readonly JsonValue[] {
  const kept: JsonValue[] = [];
  for (const message of list) {
    if (budget.told) break;
    const content = isObject(message) ? message['content'] : undefined;
    if (budget.take(message)) kept.push(message);
    else if (isObject(message) && isObject(content) && typeof content['text'] === 'string') kept.push({ ...message, content: { ...content, text: budget.cut(content['text']) } });
    else refuse(budget);
  }
  return kept;
}
