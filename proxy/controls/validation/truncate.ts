/**
 * Cuts a result that is too large so that a model notices: text ends with a notice, and a notice replaces what can't be
 * cut (an image, a blob, an embedded resource, unknown members). Cut structured content would no longer match its
 * schema, so a result with too much of it becomes an error whose text says what to do. The result is always within the
 * limit.
 */
import { Denied } from '../../base/errors.ts';
import type { Work } from '../../base/turns.ts';
import { isObject } from '../../json/lossless.ts';
import { sizeOf } from '../../json/size.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { isBegun } from './begun.ts';

/** Characters reserved for the notices and the envelope. */
const ROOM = 500;

/**
 * @param most characters of the result as JSON without white space, at least 1000. Throws `Denied` if it can't be cut
 */
export function* truncated(result: JsonObject, method: string, most: number): Work<JsonObject> {
  const size = yield* sizeOf(result);
  if (size <= most) return result;
  const budget = new Budget(most - ROOM, size);
  const cut = yield* cutBy(method, result, budget);
  if ((yield* sizeOf(cut)) > most) refuse(budget);
  return cut;
}

function* cutBy(method: string, result: JsonObject, budget: Budget): Work<JsonObject> {
  const { contents, messages, ...rest } = result;
  switch (method) {
    case 'tools/call':
    case 'tasks/result':
      // A cut request or task would have another meaning.
      return isBegun(result) ? refuse(budget) : yield* tool(result, budget);
    case 'resources/read':
      return (yield* budget.take(rest)) && messages === undefined && Array.isArray(contents)
        ? { ...rest, contents: yield* parts(contents as readonly JsonValue[], budget, cutPart) }
        : refuse(budget);
    case 'prompts/get':
      return (yield* budget.take(rest)) && contents === undefined && Array.isArray(messages)
        ? { ...rest, messages: yield* parts(messages as readonly JsonValue[], budget, cutMessage) }
        : refuse(budget);
    default:
      return refuse(budget);
  }
}

class Budget {
  left: number;
  readonly total: number;
  cutShort = false;

  constructor(left: number, total: number) {
    this.left = left;
    this.total = total;
  }

  /** Reserves room for a value; false if it does not fit. */
  *take(value: JsonValue): Work<boolean> {
    const size = (yield* sizeOf(value)) + 1;
    if (size > this.left) return false;
    this.left -= size;
    return true;
  }

  /** The part of a text that fits, in whole characters, with the notice. */
  cut(text: string): string {
    let end = Math.min(text.length, this.left);
    // An escape takes up to six characters.
    while (end > 0 && JSON.stringify(text.slice(0, end)).length > this.left) end = Math.floor(end * 0.75);
    const c = text.charCodeAt(end - 1);
    if (end > 0 && c >= 0xd800 && c <= 0xdbff) end--;
    this.left = 0;
    this.cutShort = true;
    return `${text.slice(0, end)}\n[truncated: ${end} of ${text.length} characters of this text; the whole result has ${this.total}, more than the proxy passes on. Ask for less.]`;
  }
}

function refuse({ total }: Budget): never {
  throw new Denied(`expected a smaller result, got ${total} characters, more than the proxy passes on: ask for less`);
}

function* tool({ content, structuredContent, ...rest }: JsonObject, budget: Budget): Work<JsonObject> {
  const isError = rest['isError'] === true;
  // In an error, structured content is an ordinary member: the tool's schema does not apply to it.
  const members = isError && structuredContent !== undefined ? { ...rest, structuredContent } : rest;
  const kept: Record<string, JsonValue | undefined> = {};
  let left = content === undefined || Array.isArray(content) ? 0 : 1;
  for (const [key, value] of Object.entries(members)) {
    yield;
    if (yield* budget.take({ [key]: value })) kept[key] = value;
    else left++;
  }
  const blocks = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  if (isError || structuredContent === undefined) return { ...kept, content: yield* fitting(blocks, budget, left) };
  if (yield* budget.take(structuredContent))
    return { ...kept, content: yield* fitting(blocks, budget, left), structuredContent };
  const notice = `The result is too large for the proxy to pass on: ${budget.total} characters. Ask for less.`;
  return {
    ...kept,
    content: [{ type: 'text', text: notice }, ...(yield* fitting(blocks, budget, left))],
    isError: true,
  };
}

/** @param left parts that were already left out */
function* fitting(blocks: readonly JsonValue[], budget: Budget, left: number): Work<readonly JsonValue[]> {
  const kept: JsonValue[] = [];
  for (const block of blocks) {
    yield;
    const fits = budget.cutShort ? undefined : (yield* budget.take(block)) ? block : yield* cutBlock(block, budget);
    if (fits === undefined) left++;
    else kept.push(fits);
  }
  if (left > 0)
    kept.push({
      type: 'text',
      text: `[truncated: ${left} more part${left === 1 ? '' : 's'} of the result left out; it has ${budget.total} characters, more than the proxy passes on. Ask for less.]`,
    });
  return kept;
}

/** Cuts a text to the room left; keeps the block's other members if they fit. */
function* cutBlock(block: JsonValue, budget: Budget): Work<JsonValue | undefined> {
  if (!isObject(block) || block['type'] !== 'text') return undefined;
  return (yield* cutPart(block, budget)) ?? (yield* cutPart({ type: 'text', text: block['text'] }, budget));
}

/**
 * Parts of a resource and messages of a prompt are the requested data: their text is cut, and other content is refused.
 */
function* parts(
  list: readonly JsonValue[],
  budget: Budget,
  cut: (part: JsonValue, budget: Budget) => Work<JsonValue | undefined>,
): Work<readonly JsonValue[]> {
  const kept: JsonValue[] = [];
  for (const part of list) {
    yield;
    if (budget.cutShort) break;
    kept.push((yield* budget.take(part)) ? part : ((yield* cut(part, budget)) ?? refuse(budget)));
  }
  return kept;
}

/** Undefined if it has no text, or no room for the rest of the part. */
function* cutPart(part: JsonValue | undefined, budget: Budget): Work<JsonObject | undefined> {
  if (!isObject(part) || typeof part['text'] !== 'string') return undefined;
  return (yield* budget.take({ ...part, text: '' })) ? { ...part, text: budget.cut(part['text']) } : undefined;
}

function* cutMessage(message: JsonValue, budget: Budget): Work<JsonValue | undefined> {
  if (!isObject(message) || !(yield* budget.take({ ...message, content: null }))) return undefined;
  const content = yield* cutPart(message['content'], budget);
  return content === undefined ? undefined : { ...message, content };
}
