/**
 * `npm run agent`: a test agent in the terminal. It calls a proxy's tools by hand, or lets a model on Amazon Bedrock
 * call them.
 */
import './log-on-stderr.ts';
import { agent } from './agent/run.ts';

const exitCode = await agent(process.argv.slice(2), {
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
});
// Idle connections to the model or the proxy must not keep a finished command.
process.exit(exitCode);
