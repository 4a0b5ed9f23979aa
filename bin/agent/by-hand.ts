/** Calls tools without a model: once, or in a small prompt loop. */
import type { CallToolResult } from '@modelcontextprotocol/client';
import { EXIT, type ExitCode, Failure } from '../operator/failure.ts';
import type { Destination } from './destination.ts';
import type { Lines } from './lines.ts';
import type { ToolCall } from './options.ts';
import type { Progress, Session } from './session.ts';
import { resultLines, toolList } from './show.ts';
import { plain, type Screen } from './terminal.ts';
import { parseArguments, parseLine, type TypedCall } from './tool-line.ts';
import { troubleOf } from './trouble.ts';

const COMMANDS = ['help', 'list', 'exit'] as const;

const HELP = `  TOOL {"key":value}   calls a tool; or TOOL key=value key='with spaces'
  list                 lists the tools again
  exit                 ends, like Ctrl-C and Ctrl-D. During a call, Ctrl-C stops the call`;

/** `--call`: prints the result as JSON, or formatted for a person. */
export async function callOnce(
  { tool, words }: ToolCall,
  session: Session,
  screen: Screen,
  json: boolean,
): Promise<ExitCode> {
  const args = parseArguments(tool, words, session.tools);
  if (typeof args === 'string') throw new Failure(`--call ${tool}: ${args}`, EXIT.usage);
  const result = await session.call(tool, args, { onProgress: (progress) => noteProgress(progress, screen) });
  if (json) screen.line(JSON.stringify({ tool, result }));
  else show(result, screen);
  return result.isError === true ? EXIT.failed : EXIT.ok;
}

export async function promptLoop(
  session: Session,
  lines: Lines,
  screen: Screen,
  destination: Destination,
): Promise<void> {
  for (;;) {
    const line = (await lines.next('> '))?.trim();
    if (line === undefined || line === 'exit' || line === 'quit') return;
    try {
      if (line === '') continue;
      else if (line === 'help' || line === '?') screen.line(HELP);
      else if (line === 'list') screen.line(toolList(await session.refresh(), (text) => screen.bold(text)));
      else await callTyped(parseLine(line, session.tools), session, lines, screen);
    } catch (error) {
      const { message, rpc } = troubleOf(error, destination);
      screen.warn(rpc === undefined ? message : `${message} (${rpc.code})`);
    }
  }
}

/** Completions for Tab: commands and names of tools. */
export function completions(line: string, session: Session): readonly string[] {
  const fitting = [...COMMANDS, ...session.tools.map(({ name }) => name)].filter((name) => name.startsWith(line));
  return fitting.map((name) => (COMMANDS.some((command) => command === name) ? name : `${name} `));
}

async function callTyped(call: TypedCall | string, session: Session, lines: Lines, screen: Screen): Promise<void> {
  if (typeof call === 'string') return screen.warn(call);
  await lines.during(async (signal) => {
    try {
      show(
        await session.call(call.tool, call.arguments, {
          signal,
          onProgress: (progress) => noteProgress(progress, screen),
        }),
        screen,
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      screen.warn('stopped');
    }
  });
}

function show(result: CallToolResult, screen: Screen): void {
  if (result.isError === true) screen.warn('the tool reports an error:');
  for (const line of resultLines(result)) screen.line(line);
}

/** Prints a line for each step, except for the client library's own progress while it has a question answered. */
export function noteProgress({ progress, total, message }: Progress, screen: Screen): void {
  if (message?.startsWith('Fulfilling input required') === true) return;
  screen.note(
    `  ${progress}${total === undefined ? '' : ` of ${total}`}${message === undefined ? '' : `  ${plain(message)}`}`,
  );
}
