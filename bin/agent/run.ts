/** Runs the command: at which proxy, and with a model or by hand. Large modules are loaded only if needed. */
import { EXIT, type ExitCode, Failure } from '../operator/failure.ts';
import type { Destination } from './destination.ts';
import { type Options, readOptions, type ToolCall, USAGE, wantsJson } from './options.ts';
import { type Io, Screen } from './terminal.ts';
import type { Trouble } from './trouble.ts';

/** Runs the command to its end. Never throws: errors are printed and show in the exit code. */
export async function agent(args: readonly string[], io: Io): Promise<ExitCode> {
  let destination: Destination | undefined;
  try {
    const options = readOptions(args);
    if (options.help) {
      io.output.write(`${USAGE}\n`);
      return EXIT.ok;
    }
    const { destinationOf } = await import('./destination.ts');
    destination = await destinationOf(options);
    return await at(destination, options, io);
  } catch (error) {
    const trouble = await explain(error, destination);
    printTrouble(trouble, wantsJson(args), io);
    return trouble.exitCode;
  }
}

async function at(destination: Destination, options: Options, io: Io): Promise<ExitCode> {
  if (options.list) return list(destination, options.json, io);
  if (options.call !== undefined) return callOne(options.call, destination, options.json, io);
  if (options.model === undefined) return (await import('./conversation.ts')).converse(destination, io);
  const wish = { id: options.model.id, region: options.region ?? destination.region };
  if (options.prompt === undefined && io.input.isTTY === true)
    return (await import('./conversation.ts')).converse(destination, io, wish);
  return (await import('./once.ts')).answerOnce({ ...options, wish }, destination, io);
}

async function list(destination: Destination, json: boolean, io: Io): Promise<ExitCode> {
  const [{ Session }, { toolList }] = await Promise.all([import('./session.ts'), import('./show.ts')]);
  const screen = new Screen(io.output);
  return Session.during(destination, {}, async ({ protocolVersion, server, tools }) => {
    screen.line(
      json
        ? JSON.stringify({ url: destination.url.href, protocolVersion, server, tools })
        : toolList(tools, (text) => screen.bold(text)),
    );
    return EXIT.ok;
  });
}

async function callOne(call: ToolCall, destination: Destination, json: boolean, io: Io): Promise<ExitCode> {
  const [{ callOnce }, { Session }, { asking }] = await Promise.all([
    import('./by-hand.ts'),
    import('./session.ts'),
    import('./questions.ts'),
  ]);
  const screen = new Screen(io.output, io.errors);
  await using somebody = asking(io, screen, json);
  return await Session.during(destination, { ask: somebody.ask }, (session) => callOnce(call, session, screen, json));
}

async function explain(error: unknown, destination: Destination | undefined): Promise<Trouble> {
  if (error instanceof Failure) return { message: error.message, exitCode: error.exitCode };
  if (destination !== undefined) return (await import('./trouble.ts')).troubleOf(error, destination);
  return { message: error instanceof Error ? error.message : String(error), exitCode: EXIT.failed };
}

/** Reports an error like the operator's commands, plus the JSON-RPC error if there is one. */
function printTrouble({ message, exitCode, rpc }: Trouble, json: boolean, io: Io): void {
  if (json)
    io.output.write(
      `${JSON.stringify({ command: 'agent', ok: false, exitCode, error: message, ...(rpc === undefined ? {} : { code: rpc.code, data: rpc.data }) })}\n`,
    );
  else new Screen(io.errors).warn(rpc === undefined ? message : `${message} (${rpc.code})`);
}
