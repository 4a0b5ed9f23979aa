/** `init`: reads the options, writes the project, says what comes next. */
import { relative } from 'node:path';
import { readAnswers } from './answers.ts';
import { filesOf, type Sources } from './files.ts';
import { InitError } from './init-error.ts';
import { writeProject } from './write.ts';

const OPTIONS = `
  FOLDER      a new or an empty folder (default: this one)
  --upstream  what the proxy stands before: the ARN of an AgentCore gateway or runtime, or an https URL
  --account   the AWS account to deploy to; default: the upstream's
  --region    the region; default: the upstream's
  --name      of the project and its deployment; default: the folder's

What isn't given is an example in deployments.ts, marked as one.

exit codes: 0 written, 1 the folder is not empty, 2 wrong options`;

export interface Io {
  /** How the command was started, for its usage. */
  readonly started: string;
  readonly resolve: (path: string) => string;
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

/** @returns the exit code */
export function init(args: readonly string[], sources: () => Sources, io: Io): number {
  const usage = `usage: ${io.started} [FOLDER] [--upstream ARN|URL] [--account ID] [--region R] [--name NAME]\n${OPTIONS}`;
  let answers;
  try {
    answers = readAnswers(args, io.resolve);
  } catch (error) {
    if (!(error instanceof InitError) && !(error instanceof TypeError)) throw error;
    io.complain(error instanceof InitError ? error.message : `${error.message}\n\n${usage}`);
    return 2;
  }
  if (answers === 'help') {
    io.print(usage);
    return 0;
  }
  const files = filesOf(answers, sources());
  try {
    writeProject(answers.folder, files);
  } catch (error) {
    if (!(error instanceof InitError)) throw error;
    io.complain(error.message);
    return 1;
  }
  const there = relative(io.resolve('.'), answers.folder);
  io.print(`${answers.folder}: ${files.size} files
${answers.examples.length === 0 ? '' : `\nReplace the examples in deployments.ts before a deployment: ${answers.examples.join(', ')}.\n`}
Next:

${there === '' ? '' : `  cd ${there}\n`}  npm install
  npm start      # the proxy, in front of a sample calculator
  npm test
  npm run synth  # the CloudFormation template
`);
  return 0;
}
