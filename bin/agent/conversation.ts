/** An interactive session in the terminal: with a model if there is one, otherwise by hand. */
import { EXIT, type ExitCode } from '../operator/failure.ts';
import { completions, promptLoop } from './by-hand.ts';
import type { Destination } from './destination.ts';
import { Lines } from './lines.ts';
import type { ModelWish } from './model.ts';
import { askPerson } from './questions.ts';
import { Session } from './session.ts';
import { introduction } from './show.ts';
import { type Io, plain, Screen } from './terminal.ts';

/** @param wish the model to use. Without one, or without AWS credentials for it, tools are called by hand */
export async function converse(destination: Destination, io: Io, wish?: ModelWish): Promise<ExitCode> {
  const screen = new Screen(io.output);
  let completed: Session | undefined;
  const lines = new Lines(io, { complete: (line) => (completed === undefined ? [] : completions(line, completed)) });
  const onLog = (level: string, data: unknown): void =>
    screen.note(`  ${plain(level)}: ${plain(typeof data === 'string' ? data : JSON.stringify(data))}`);
  try {
    return await Session.during(
      destination,
      { ask: (question) => askPerson(question, lines, screen), onLog },
      async (session) => {
        const model = wish === undefined ? undefined : await (await import('./model.ts')).findModel(wish);
        if (model !== undefined) {
          const { chatLoop } = await import('./chat.ts');
          screen.line(introduction(session, destination, screen, `${model.id} in ${model.region}`));
          screen.line('Ask something. exit, Ctrl-C or Ctrl-D ends; Ctrl-C during an answer stops it.\n');
          await chatLoop(model, session, lines, screen, destination);
          return EXIT.ok;
        }
        completed = session;
        if (io.input.isTTY === true) {
          screen.line(introduction(session, destination, screen));
          if (wish !== undefined)
            screen.line(
              'No AWS credentials for a model were found (AWS_PROFILE sets some, "aws sso login" renews them), so you call the tools yourself.',
            );
          screen.line('Call a tool: TOOL key=value. help shows more, list shows the tools, exit ends.\n');
        }
        await promptLoop(session, lines, screen, destination);
        return EXIT.ok;
      },
    );
  } finally {
    lines.close();
  }
}
