/**
 * Bedrock's ConverseStream on loopback. It checks the signature of every request, then plays the next of the given
 * turns. If a turn says so, it fails as Bedrock does. It keeps the requests unchanged.
 */
import type http from 'node:http';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { verifySigV4, type Verdict } from '../support/sigv4-verifier.ts';
import { type Served, serve } from './serve.ts';

export type Piece =
  | { readonly text: string }
  | { readonly thinking: string }
  | { readonly tool: string; readonly input: unknown }
  /** Bedrock fails in the middle of an answer. */
  | { readonly breaks: string; readonly message: string }
  /** Sends nothing more until this resolves. */
  | { readonly wait: Promise<unknown> };

export type Turn =
  | { readonly say: readonly Piece[]; readonly stop?: string }
  | { readonly status: number; readonly error: string; readonly message: string };

export interface ConverseRequest {
  readonly path: string;
  readonly body: {
    readonly messages: readonly {
      readonly role: string;
      readonly content: readonly Readonly<Record<string, unknown>>[];
    }[];
    readonly system?: readonly { readonly text?: string }[];
    readonly toolConfig?: {
      readonly tools: readonly {
        readonly toolSpec?: {
          readonly name: string;
          readonly description: string;
          readonly inputSchema: { readonly json: unknown };
        };
      }[];
    };
  };
}

export interface FakeBedrock extends Served {
  readonly verdicts: readonly Verdict[];
  readonly requests: readonly ConverseRequest[];
}

export const MODEL_CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIDMODEL', AWS_SECRET_ACCESS_KEY: 'model-secret' } as const;

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/**
 * @param turns one for each request, in order; a further request is a fault of the test and gets a 500
 * @param apiKey accepted instead of a signature
 */
export async function startBedrock(turns: readonly Turn[], apiKey?: string): Promise<FakeBedrock> {
  const left = [...turns];
  const verdicts: Verdict[] = [];
  const requests: ConverseRequest[] = [];
  const served = await serve(async (request, response) => {
    const rules = {
      region: 'eu-west-1',
      service: 'bedrock',
      secretFor: (id: string) =>
        id === MODEL_CREDENTIALS.AWS_ACCESS_KEY_ID ? MODEL_CREDENTIALS.AWS_SECRET_ACCESS_KEY : undefined,
    };
    const hasKey = apiKey !== undefined && request.rawHeaders.includes(`Bearer ${apiKey}`);
    const verdict: Verdict = hasKey
      ? { accepted: true, accessKeyId: 'API key', signedHeaders: [] }
      : verifySigV4(request, rules);
    verdicts.push(verdict);
    if (!verdict.accepted) return fail(response, 403, verdict.error, verdict.reason);
    requests.push({ path: request.target, body: JSON.parse(request.body.toString('utf8')) });
    const turn = left.shift() ?? {
      status: 500,
      error: 'InternalServerException',
      message: 'no turn is left in this test',
    };
    if ('error' in turn) return fail(response, turn.status, turn.error, turn.message);
    await play(turn, response);
  });
  return { ...served, verdicts, requests };
}

function fail(response: http.ServerResponse, status: number, error: string, message: string): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'x-amzn-errortype': `${error}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    })
    .end(JSON.stringify({ message }));
}

async function play({ say, stop }: Extract<Turn, { say: unknown }>, response: http.ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  const send = (type: string, payload: object): void => {
    const headers = {
      ':message-type': { type: 'string', value: 'event' },
      ':event-type': { type: 'string', value: type },
      ':content-type': { type: 'string', value: 'application/json' },
    } as const;
    response.write(codec.encode({ headers, body: Buffer.from(JSON.stringify(payload)) }));
  };
  send('messageStart', { role: 'assistant' });
  let index = 0;
  for (const piece of say) {
    if ('wait' in piece) {
      await piece.wait;
      continue;
    }
    if ('breaks' in piece) {
      const headers = {
        ':message-type': { type: 'string', value: 'exception' },
        ':exception-type': { type: 'string', value: piece.breaks },
        ':content-type': { type: 'string', value: 'application/json' },
      } as const;
      return void response.end(
        codec.encode({ headers, body: Buffer.from(JSON.stringify({ message: piece.message })) }),
      );
    }
    const contentBlockIndex = index++;
    if ('tool' in piece) {
      send('contentBlockStart', {
        contentBlockIndex,
        start: { toolUse: { toolUseId: `use-${Math.random().toString(36).slice(2)}`, name: piece.tool } },
      });
      // Bedrock sends a tool's input in arbitrary pieces of JSON text.
      const input = JSON.stringify(piece.input);
      for (const part of [input.slice(0, 3), input.slice(3)])
        send('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: part } } });
    } else if ('thinking' in piece) {
      send('contentBlockDelta', { contentBlockIndex, delta: { reasoningContent: { text: piece.thinking } } });
      send('contentBlockDelta', { contentBlockIndex, delta: { reasoningContent: { signature: 'c2lnbmVk' } } });
    } else {
      for (const word of piece.text.split(/(?<= )/))
        send('contentBlockDelta', { contentBlockIndex, delta: { text: word } });
    }
    send('contentBlockStop', { contentBlockIndex });
  }
  send('messageStop', { stopReason: stop ?? (say.some((piece) => 'tool' in piece) ? 'tool_use' : 'end_turn') });
  send('metadata', { usage: { inputTokens: 11, outputTokens: 7, totalTokens: 18 }, metrics: { latencyMs: 1 } });
  response.end();
}
