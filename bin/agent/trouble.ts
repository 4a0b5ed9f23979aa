/** Explains an error of the proxy to the person who ran the command. */
import { isObject } from '../../proxy/json/lossless.ts';
import { EXIT, type ExitCode, Failure } from '../operator/failure.ts';
import { Refused, type RpcError, Unreachable } from './answers.ts';
import type { Destination } from './destination.ts';
import { plain } from './terminal.ts';

export interface Trouble {
  readonly message: string;
  readonly exitCode: ExitCode;
  /** The JSON-RPC error, if the proxy or its upstream answered with one. */
  readonly rpc?: RpcError | undefined;
}

/** MissingRequiredClientCapability (2026-07-28). */
const NOBODY_TO_ASK = -32021;
const NOT_HERE = '. The tool has a question, and there is no terminal to ask in: call it in a terminal, without --json';

/** @param error anything thrown while calling the proxy */
export function troubleOf(error: unknown, destination: Pick<Destination, 'url' | 'name' | 'inbound'>): Trouble {
  for (const at of causes(error)) {
    if (at instanceof Failure) return { message: plain(at.message), exitCode: at.exitCode };
    if (at instanceof Unreachable) return unreachable(at, destination);
    if (at instanceof Refused) return refused(at, destination);
  }
  const rpc = rpcOf(error);
  if (rpc !== undefined)
    return {
      message: `${plain(rpc.message)}${rpc.code === NOBODY_TO_ASK ? NOT_HERE : whenAgain(rpc)}`,
      exitCode: EXIT.failed,
      rpc,
    };
  const { status, text } = httpOf(error);
  if (status !== undefined) {
    const said = /"message"\s*:\s*"([^"]{1,300})"/.exec(text)?.[1];
    return {
      message: `${destination.url.href} answered HTTP ${status}${said === undefined ? '' : ` (${plain(said)})`}, expected an MCP endpoint: check the URL, which for a proxy ends in /mcp or /invocations`,
      exitCode: EXIT.aws,
    };
  }
  return {
    message: plain(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)),
    exitCode: EXIT.failed,
  };
}

function unreachable({ code }: Unreachable, { url, name }: Pick<Destination, 'url' | 'name'>): Trouble {
  const local = url.hostname === '127.0.0.1' || url.hostname === 'localhost';
  const advice = local
    ? 'start a proxy with "npm start", or name a deployment, or give --url'
    : name === undefined
      ? 'check the URL and the network'
      : `check the network; "npm run status -- ${name}" shows its state`;
  return { message: `nothing answers at ${url.href} (${code}): ${advice}`, exitCode: EXIT.aws };
}

function refused(
  { status, errorType, challenge, rpc, message }: Refused,
  { url, name, inbound }: Pick<Destination, 'url' | 'name' | 'inbound'>,
): Trouble {
  const who = name ?? url.host;
  const said = plain(rpc?.message ?? (message.startsWith('HTTP ') ? '' : message));
  const quote = `HTTP ${status}${errorType === undefined ? '' : ` ${errorType}`}${said === '' ? '' : `: ${said}`}`;
  // The proxy's own message explains best; AWS's 401 and 403 come from in front of the proxy.
  if (rpc !== undefined || status === 429 || status >= 500) {
    const advice = status === 429 ? ': try again in a moment' : '';
    return {
      message: rpc === undefined ? `${who} answered ${quote}${advice}` : `${said}${whenAgain(rpc)}`,
      exitCode: rpc === undefined ? EXIT.aws : EXIT.failed,
      rpc,
    };
  }
  return {
    message: `${who} refused the call (${quote}): ${adviceFor(status, errorType, challenge, inbound?.kind)}`,
    exitCode: EXIT.aws,
  };
}

/** A control may have its own text for throttling. */
function whenAgain({ message, data }: RpcError): string {
  const ms = isObject(data) ? data['retryAfterMs'] : undefined;
  return typeof ms === 'number' && !/try again/.test(message) ? `: try again in ${Math.ceil(ms / 1000)} s` : '';
}

function adviceFor(
  status: number,
  errorType: string | undefined,
  challenge: string | undefined,
  inbound: 'iam' | 'jwt' | undefined,
): string {
  if (inbound === undefined) {
    return status === 401 || /^bearer/i.test(challenge ?? '')
      ? 'it expects a token: name the deployment instead of its URL, or give --auth cognito with INBOUND_SECRET=cognito:POOL/CLIENT'
      : 'it expects signed requests: give --auth iam, with AWS credentials in the environment';
  }
  if (inbound === 'jwt')
    return "the issuer gave a token, but the runtime refuses it: the proxy's authorizer must allow this client and its scopes";
  if (/^bearer/i.test(challenge ?? ''))
    return 'it expects tokens instead of signatures: give --auth cognito with INBOUND_SECRET=cognito:POOL/CLIENT';
  if (/Expired/.test(errorType ?? ''))
    return 'the AWS credentials have expired: log in again, such as with "aws sso login"';
  if (/Signature|UnrecognizedClient|InvalidClientToken|InvalidToken/.test(errorType ?? ''))
    return "AWS doesn't accept these credentials or their region: check AWS_PROFILE, --region and this machine's clock";
  return 'these AWS credentials may not call it: allow them bedrock-agentcore:InvokeAgentRuntime on the runtime (or InvokeGateway on the gateway)';
}

function* causes(error: unknown): Generator {
  yield error;
  if (error instanceof Error && error.cause !== undefined) yield* causes(error.cause);
}

/** Judged by shape, so that the client library is not loaded for its classes. */
function rpcOf(error: unknown): RpcError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') return undefined;
  return { code: error.code, message: error.message, data: 'data' in error ? error.data : undefined };
}

function httpOf(error: unknown): { readonly status: number | undefined; readonly text: string } {
  const data: unknown = error instanceof Error && 'data' in error ? error.data : undefined;
  if (typeof data !== 'object' || data === null || !('status' in data) || typeof data.status !== 'number')
    return { status: undefined, text: '' };
  return { status: data.status, text: 'text' in data && typeof data.text === 'string' ? data.text : '' };
}
