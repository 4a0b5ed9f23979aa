/** What `validation` does with replies. */
import type { Tool } from '@modelcontextprotocol/server';
import { ControlFault, Denied, UpstreamFailure } from '../../base/errors.ts';
import { mayHide, mayHold, withoutHidden } from '../../base/hidden-characters.ts';
import { inTurns, SHORT } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { Digits } from '../../json-schema/digits.ts';
import { TooMuch } from '../../json-schema/faults.ts';
import { wordsOf } from '../../json-schema/message.ts';
import type { Schema } from '../../json-schema/schema.ts';
import type { Source } from '../../json/digits.ts';
import { isObject } from '../../json/lossless.ts';
import { sizeOf } from '../../json/size.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Reply } from '../../reply/reply.ts';
import { mapMessage, type Visitor } from '../shared/surfaces/index.ts';
import { schemas } from '../shared/tool-schemas.ts';
import { isBegun } from './begun.ts';
import type { ResultOptions } from './options.ts';
import { sound } from './sound.ts';
import { truncated } from './truncate.ts';

const STRIPPING: Visitor = { text: withoutHidden, concerns: (text) => mayHide(text) || text.includes('\\u') };
/** Methods whose results may be cut, because they contain the requested data. */
const CUT: ReadonlySet<string> = new Set([
  'tools/call',
  'resources/read',
  'prompts/get',
  'tasks/result',
  'tasks/get',
  'tasks/update',
]);

export class Results {
  readonly #options: ResultOptions;

  constructor(options: ResultOptions) {
    this.#options = options;
  }

  /**
   * Whether results of this call are checked against the tool's schema, which is then compiled before the call is
   * forwarded.
   */
  checks(call: Call): boolean {
    return this.#options.checkOutputSchema === true && call.kind === 'request' && call.method === 'tools/call';
  }

  /**
   * Checks the schema first, on what the upstream sent; then removes hidden characters; then checks the remaining size.
   * @param promised the output schema of the called tool
   */
  attach(reply: Reply, call: Call, promised: Schema | undefined): Reply {
    const { checkOutputSchema = false, stripHiddenUnicode = false, maxCharacters } = this.#options;
    if (reply.kind === 'empty') return reply;
    // For a list, nothing else is attached than what removes hidden characters.
    reply.dependsOn([]);
    const asked = checkOutputSchema && call.kind === 'request' ? toolCallOf(call) : undefined;
    if (asked !== undefined) reply.mapResult((result, source) => this.#checked(result, asked, call, promised, source));
    if (stripHiddenUnicode)
      reply.mapMessages((message, source) => mapMessage(message, call, STRIPPING, source), {
        when: mayHold,
        whenAnywhere: true,
      });
    if (maxCharacters !== undefined && CUT.has(call.method)) {
      reply.mapResult((result) => inTurns(truncated(result, call.method, maxCharacters)), {
        when: (text) => text.length > maxCharacters,
      });
    }
    return reply;
  }

  async #checked(
    whole: JsonObject,
    { name = '' }: Call,
    call: Call,
    promised: Schema | undefined,
    source: Source | undefined,
  ): Promise<JsonObject> {
    // A finished task includes its result.
    const result = call.method === 'tools/call' || call.method === 'tasks/result' ? whole : whole['result'];
    if (!isObject(result) || result['isError'] === true || isBegun(result)) return whole;
    const compiled =
      call.method === 'tools/call'
        ? promised
        : await promisedBy(await call.upstream.tool(name, (tool) => tool !== undefined));
    if (compiled === undefined) return whole;
    const { structuredContent } = result;
    if (structuredContent === undefined)
      throw wrong(call, 'without the structured content that its output schema promises');
    try {
      const size = await inTurns(sizeOf(structuredContent));
      const digits = digitsOf(
        source,
        whole,
        result === whole ? ['structuredContent'] : ['result', 'structuredContent'],
      );
      if (
        size <= SHORT
          ? compiled.fits(structuredContent, size, digits)
          : await inTurns(compiled.fitsInTurns(structuredContent, size, digits))
      )
        return whole;
      const words = wordsOf(compiled.failures(structuredContent, size, digits)).replaceAll('\n', '; ');
      throw wrong(call, `that its own output schema does not allow: ${words}`);
    } catch (error) {
      if (error instanceof TooMuch)
        throw new Denied("the result takes too long to check against the tool's output schema: ask for less");
      throw error;
    }
  }
}

/** The error of a wrong result, as the fault of the upstream or control that made it. */
function wrong({ exchange }: Call, words: string): Error {
  const by = exchange.channels.answeredBy;
  return by === undefined
    ? new UpstreamFailure('upstream-invalid', `the upstream sent a result ${words}`)
    : new ControlFault(`control ${by} answered a tool with a result ${words}`, { control: by });
}

/**
 * The schema of a tool's results; undefined if there is none. Throws the error that refuses the call if the schema
 * can't be used.
 */
export async function promisedBy(tool: Tool | undefined): Promise<Schema | undefined> {
  return tool?.outputSchema === undefined
    ? undefined
    : sound(await schemas.of(tool.outputSchema), tool.name, 'outputSchema');
}

/** Where results are in a message: of calls, and of tasks in answers and notifications. */
const PLACES = [['result'], ['result', 'result'], ['params', 'result']] as const;

/** The numbers of the result as written, because the client receives the text. Undefined if the result was changed. */
function digitsOf(source: Source | undefined, result: JsonObject, path: readonly string[]): Digits | undefined {
  if (source === undefined) return undefined;
  const { json, value } = source;
  const at = PLACES.find(
    (place) =>
      place.reduce<JsonValue | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value) === result,
  );
  return at === undefined ? undefined : new Digits(json, 0, json.length, [...at, ...path]);
}

/** The tool call whose result this is; for a task, the call that started it, if known. */
function toolCallOf(call: Call): Call | undefined {
  const asked = call.method.startsWith('tasks/') ? call.origin : call;
  return asked?.method === 'tools/call' ? asked : undefined;
}
