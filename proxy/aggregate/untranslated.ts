/** Which replies are passed on as they are: those with no id, URI or message of the upstream's own in them. */
import { scanWhole } from '../reply/treatment.ts';
import { isSearch } from './found-tools.ts';
import type { Asked } from './translate.ts';

/** Keys of what {@link Translator} changes. */
const CHANGED = ['method', 'taskId', 'requestState', 'elicitationId', 'uri'];
const SIGNS = anyOf(CHANGED);
/** {@link SIGNS}, and the keys of what a response has once. */
const SIGNS_OR_MEMBERS = anyOf([...CHANGED, 'id', 'result', 'error', 'params', 'jsonrpc']);

/**
 * Finds keys, whatever their case. JSON can write each of their letters as `\u00XX` as well, so such an escape counts as one
 * of them. So do letters that some readers take for `i`, `s` and `k`. Searches bytes of UTF-8 that were read as Latin-1.
 */
function anyOf(keys: readonly string[]): RegExp {
  // Twice as fast as with the flag `i`: V8 then compares several letters at once.
  const inAnyCase = (key: string): string => key.replace(/[a-z]/gi, (c) => `[${c.toLowerCase()}${c.toUpperCase()}]`);
  return new RegExp(`"(?:${keys.map(inAnyCase).join('|')})"|\\\\u|\xc4[\xb0\xb1]|\xc5\xbf|\xe2\x84\xaa`);
}

/** A list of messages (2025-03-26). */
const BATCH = /^\s*\[/;

/**
 * Whether {@link needsNoTranslation}, for a result in one of the forms that SDKs write. False: one search of the text doesn't tell.
 * @param asked the request, by the upstream's own name
 * @param id of the request, as JSON text
 */
export function isPlain(body: Buffer, asked: Pick<Asked, 'method' | 'name'>, id: string): boolean {
  return !isSearch(asked) && isPlainResponse(body.toString('latin1'), id);
}

/**
 * Whether the translation of a JSON body changes and refuses nothing. False if that is not clear at a glance.
 * @param id of the request that it answers, as JSON text
 */
export function needsNoTranslation(body: Buffer, asked: Asked, id: string | undefined): boolean {
  if (isSearch(asked)) return false;
  // Keys are ASCII, so the bytes may be read as Latin-1.
  const text = body.toString('latin1');
  if (id !== undefined && isPlainResponse(text, id)) return true;
  if (SIGNS.test(text) || BATCH.test(text) || hasOddMember(text)) return false;
  const { id: answered, hasResult, hasError, twice } = scanWhole(body);
  return (
    !twice && (hasResult || hasError) && answered !== undefined && answered !== 'null' && asked.mayAnswer(answered)
  );
}

/** Whether a key is one of a response but for its case. */
function hasOddMember(text: string): boolean {
  for (const [key] of text.matchAll(/"(?:id|result|error|method|params|jsonrpc)"/gi))
    if (key !== key.toLowerCase()) return true;
  return false;
}

const HEAD = '{"jsonrpc":"2.0","id":';
const AFTER_ID = ',"result":{';
const FIRST = '{"result":{';
const BEFORE_ID = '},"jsonrpc":"2.0","id":';
const ASCII = /^[ -~]+$/;

/**
 * Whether a text is a result in one of the forms that SDKs write, for exactly this id, without a sign. In both forms, the
 * id is a member of the message itself, and no other key is called so. The rest is not read.
 */
function isPlainResponse(text: string, id: string): boolean {
  if (!ASCII.test(id)) return false;
  if (text.startsWith(HEAD) && text.startsWith(id, HEAD.length) && text.startsWith(AFTER_ID, HEAD.length + id.length))
    return !SIGNS_OR_MEMBERS.test(text.slice(HEAD.length + id.length + AFTER_ID.length));
  const end = `${BEFORE_ID}${id}}`;
  return (
    text.startsWith(FIRST) &&
    text.endsWith(end) &&
    !SIGNS_OR_MEMBERS.test(text.slice(FIRST.length, text.length - end.length))
  );
}
