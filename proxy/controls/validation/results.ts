/** What `validation` does with what comes back. */
import type { Call } from '../../call.ts';
import { Denied, UpstreamFailure } from '../../errors.ts';
import { isObject, type JsonObject } from '../../json/lossless.ts';
import type { Reply } from '../../reply.ts';
import { mapMessage, type Visitor } from '../surfaces/index.ts';
import { isBegun } from './begun.ts';
import { TooMuch } from './faults.ts';
import { mayHide, mayHold, withoutHidden } from './hidden.ts';
import { wordsOf } from './message.ts';
import type { ResultOptions } from './options.ts';
import { schemas } from './schemas.ts';
import { sound } from './sound.ts';
import { truncated } from './truncate.ts';

const STRIPPING: Visitor = { text: withoutHidden, concerns: (text) => mayHide(text) || text.includes('\\u') };
/** Methods whose results hold what was asked for. */
const CUT: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get', 'tasks/result', 'tasks/get', 'tasks/update']);

export class Results {
  readonly #options: ResultOptions;

  constructor(options: ResultOptions) {
    this.#options = options;
  }

  /** Its own schema first, of what the upstream sent; then what nobody sees; then the size of what is left. */
  attach(reply: Reply, call: Call): Reply {
    const { checkOutputSchema = false, stripHiddenUnicode = false, maxCharacters } = this.#options;
    if (reply.kind === 'empty') return reply;
    const asked = checkOutputSchema && call.kind === 'request' ? toolCallOf(call) : undefined;
    if (asked !== undefined) reply.mapResult((result) => this.#checked(result, asked, call));
    if (stripHiddenUnicode) reply.mapMessages((message, source) => mapMessage(message, call, STRIPPING, source), { when: mayHold });
    if (maxCharacters !== undefined && CUT.has(call.method)) {
      reply.mapResult((result) => truncated(result, call.method, maxCharacters), { when: (text) => text.length > maxCharacters });
    }
    return reply;
  }

  async #checked(whole: JsonObject, { name = '' }: Call, call: Call): Promise<JsonObject> {
    // A task that is done brings its result along.
    const result = call.method === 'tools/call' || call.method === 'tasks/result' ? whole : whole['result'];
    if (!isObject(result) || result['isError'] === true || isBegun(result)) return whole;
    const schema = (await call.upstream.tool(name, (tool) => tool !== undefined))?.outputSchema;
    if (schema === undefined) return whole;
    const compiled = sound(await schemas.of(schema), name, 'outputSchema');
    const { structuredContent } = result;
    if (structuredContent === undefined) throw new UpstreamFailure('upstream-invalid', 'the upstream sent a result without the structured content that its output schema promises');
    try {
      const size = JSON.stringify(structuredContent).length;
      if (compiled.fits(structuredContent, size)) return whole;
      throw new UpstreamFailure('upstream-invalid', `the upstream sent a result that its own output schema does not allow: ${wordsOf(compiled.failures(structuredContent, size)).replaceAll('\n', '; ')}`);
    } catch (error) {
      if (error instanceof TooMuch) throw new Denied("the result takes too long to check against the tool's output schema");
      throw error;
    }
  }
}

/** The call whose result comes back: of a task the one that began it, as far as that is known here. */
function toolCallOf(call: Call): Call | undefined {
  const asked = call.method.startsWith('tasks/') ? call.origin : call;
  return asked?.method === 'tools/call' ? asked : undefined;
}
