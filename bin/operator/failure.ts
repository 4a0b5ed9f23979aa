/** An error that ends a command, with a message for the person who ran it. */

/** Exit codes of the commands. Documented in `docs/operate.md`. */
export const EXIT = {
  ok: 0,
  /** A check failed, or the task wasn't done. */
  failed: 1,
  /** Wrong options, an unknown name, a faulty deployments file. */
  usage: 2,
  /** AWS couldn't be asked: no credentials, no permission, no connection. */
  aws: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The message says what was got, what was expected and what to do next; it is printed without a stack. */
export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failed, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}
