/** One question, one answer on standard output: as text while it arrives, or as JSON. */
import { text } from 'node:stream/consumers';
import { EXIT, type ExitCode, Failure } from '../operator/failure.ts';
import type { Destination } from './destination.ts';
import type { ModelWish } from './model.ts';
import { asking } from './questions.ts';
import { Session } from './session.ts';
import { type Io, nowhere, Screen } from './terminal.ts';

export interface Question {
  /** Undefined: read from standard input. */
  readonly prompt: string | undefined;
  readonly wish: ModelWish;
  readonly json: boolean;
}

export async function answerOnce(
  { prompt, wish, json }: Question,
  destination: Destination,
  io: Io,
): Promise<ExitCode> {
  const question = (prompt ?? (await text(io.input))).trim();
  if (question === '')
    throw new Failure(
      'expected a prompt as an argument or on standard input, got nothing; --no-model reads tool calls from there',
      EXIT.usage,
    );
  // Tool calls and progress go to standard error. With JSON they are part of the answer.
  const screen = json ? new Screen(nowhere()) : new Screen(io.output, io.errors);
  await using somebody = asking(io, screen, json || prompt === undefined);
  return await Session.during(destination, { ask: somebody.ask }, async (session) => {
    const model = await (await import('./model.ts')).findModel(wish);
    if (model === undefined) {
      throw new Failure(
        'no AWS credentials for a model on Bedrock: set AWS_PROFILE (after "aws sso login" if it uses single sign-on), or call tools without a model: --list, --call, --no-model',
        EXIT.aws,
      );
    }
    const { Chat, oddEnd } = await import('./chat.ts');
    const { result, calls } = await new Chat(model, session, screen, destination).ask(question);
    const odd = oddEnd(result);
    if (json) {
      const { inputTokens, outputTokens } = result.metrics?.accumulatedUsage ?? {};
      const answer = result.lastMessage.content
        .flatMap((block) => (block.type === 'textBlock' ? [block.text] : []))
        .join('');
      io.output.write(
        `${JSON.stringify({ answer, stopReason: result.stopReason, model: model.id, region: model.region, calls, usage: { inputTokens, outputTokens } })}\n`,
      );
    } else if (odd !== undefined) {
      screen.warn(odd);
    }
    return odd === undefined ? EXIT.ok : EXIT.failed;
  });
}
