/** What `validation` does with what comes back. */
import type { Call } from '../../call.ts';
import { Denied, UpstreamFailure } from '../../errors.ts';
import { isObject, type JsonObject } from '../../json/lossless.ts';
import type { Reply } from '../../reply.ts';
import { mapMessage, type Visitor } from '../surfaces/index.ts';
import { SchemaFault, TooMuch } from './faults.ts';
import { mayHide, mayHold, withoutHidden } from './hidden.ts';
import { wordsOf } from './message.ts';
import type { ResultOptions } from './options.ts';
import type { Schemas } from './schemas.ts';
import { truncated } from './truncate.ts';

const STRIPPING: Visitor = { text: withoutHidden, concerns: (text) => mayHide(text) || text.includes('\\u') };
const CUT: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get']);

export class Results {
  readonly #options: ResultOptions;
  readonly #schemas: Schemas;

  constructor(options: ResultOptions, schemas: Schemas) {
    this.#options = options;
    this.#schemas = schemas;
  }

  /** Its own schema first, of what the upstream sent; then what nobody sees; then the size of what is left. */
  attach(reply: Reply, call: Call): Reply {
    const { checkOutputSchema = false, stripHiddenUnicode = false, maxCharacters } = this.#options;
    if (reply.kind === 'empty') return reply;
    if (checkOutputSchema && call.method === 'tools/call' && call.kind === 'request') reply.mapResult((result) => this.#checked(result, call));
    if (stripHiddenUnicode) reply.mapMessages((message) => mapMessage(message, call, STRIPPING), { when: mayHold });
    if (maxCharacters !== undefined && CUT.has(call.method)) {
      reply.mapResult((result) => truncated(result, call.method, maxCharacters), { when: (text) => text.length > maxCharacters });
    }
    return reply;
  }

  async #checked(result: JsonObject, call: Call): Promise<JsonObject> {
    const { name = '' } = call;
    const complete = result['resultType'] === undefined || result['resultType'] === 'complete';
    // Errors, questions and tasks aren't what the schema speaks of.
    if (result['isError'] === true || !complete || isObject(result['task'])) return result;
    const schema = (await call.upstream.tool(name, (tool) => tool !== undefined))?.outputSchema;
    if (schema === undefined) return result;
    const compiled = await this.#schemas.of(schema, { tool: name, member: 'outputSchema' });
    if (compiled instanceof SchemaFault) throw new Denied(`the tool's output schema cannot be checked against: ${compiled.message}`);
    const { structuredContent } = result;
    if (structuredContent === undefined) throw new UpstreamFailure('upstream-invalid', 'the upstream sent a result without the structured content that its output schema promises');
    try {
      const size = JSON.stringify(structuredContent).length;
      if (compiled.fits(structuredContent, size)) return result;
      throw new UpstreamFailure('upstream-invalid', `the upstream sent a result that its own output schema does not allow: ${wordsOf(compiled.failures(structuredContent, size)).replaceAll('\n', '; ')}`);
    } catch (error) {
      if (error instanceof TooMuch) throw new Denied("the result takes too long to check against the tool's output schema");
      throw error;
    }
  }
}
