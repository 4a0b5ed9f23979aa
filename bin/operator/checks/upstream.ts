/**
 * Checks whether an upstream answers: the proxy's own code lists its tools in a child process, with the deployment's
 * bindings and this machine's credentials. The reply to a client has few details, so errors are completed from the
 * child's log.
 */
import { isObject } from '../../../proxy/json/lossless.ts';
import { failed, ok, type Result, skipped, warning } from '../finding.ts';
import { type RuntimeUpstream, upstreamsIn } from '../upstreams.ts';
import { withoutCaller } from './callers-token.ts';
import { inChild } from './in-child.ts';

export interface UpstreamQuestion {
  /** The runtime's environment as synthesized; undefined for values known only after deployment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The deployment's config, which names the upstreams. */
  readonly config: string | undefined;
  readonly inVpc: boolean;
}

/** The check of each upstream: `upstream`, or with several `upstream NAME`. */
export async function upstreams(question: UpstreamQuestion): Promise<readonly (readonly [check: string, Result])[]> {
  const found = upstreamsIn(question.environment);
  return Promise.all(
    found.map(
      async (upstream) =>
        [
          found.length === 1 ? 'upstream' : `upstream ${upstream.name ?? 'default'}`,
          await check(upstream, question, found.length > 1),
        ] as const,
    ),
  );
}

/** The child process's message. */
export type Probed =
  | { readonly tools: number; readonly shown: string }
  /** `reason` is a code of `docs/errors.md`, or `config`; the log has more under `errorId`. */
  | { readonly reason: string; readonly message: string; readonly errorId?: string };

/** Variables of no single upstream. A forward proxy is this machine's own: the deployment's may be reached only from its network. */
export const OF_ALL: readonly string[] = ['AWS_REGION', 'CA_BUNDLE', 'PLAIN_HTTP_HOSTS'];

async function check(
  { name, auth, variables }: RuntimeUpstream,
  { environment, config, inVpc }: UpstreamQuestion,
  isOneOfSeveral: boolean,
): Promise<Result> {
  const bindings = Object.entries(environment).filter(
    ([variable]) => variables.includes(variable) || OF_ALL.includes(variable),
  );
  const unknown = bindings.filter(([, value]) => value === undefined).map(([name]) => name);
  if (unknown.length > 0)
    return skipped(`${unknown.join(', ')} will be known only after the deployment`, 'run the doctor again then');
  const unasked = await withoutCaller(Object.fromEntries(bindings), name);
  if (unasked !== undefined) return unasked;
  const probed = await probe(Object.fromEntries(bindings), config, isOneOfSeveral ? (name ?? 'default') : undefined);
  if ('tools' in probed)
    return ok(
      `${probed.tools} ${probed.tools === 1 ? 'tool' : 'tools'}${probed.tools === 0 ? '' : `: ${probed.shown}`}`,
    );
  return explained(probed, auth ?? '', isOneOfSeveral ? `upstreams.${name ?? 'default'}.auth` : 'upstreamAuth', inVpc);
}

function explained(
  { reason, message }: { readonly reason: string; readonly message: string },
  auth: string,
  member: string,
  inVpc: boolean,
): Result {
  switch (reason) {
    case 'upstream-auth':
      // This only concerns this machine's credentials; the runtime has its own role and permissions.
      if (auth === 'iam')
        return warning(
          `it answers, but not to these credentials: ${message}`,
          'the deployed proxy signs with its own execution role, which is allowed to; to test from here, allow your role bedrock-agentcore:InvokeGateway (or InvokeAgentRuntime) on it',
        );
      if (
        /could not (read|be read|sign with|get a token of the role)|no AWS credentials|AgentCore Identity refused .*AccessDenied/.test(
          message,
        )
      )
        return warning(
          `not authenticated: ${message}`,
          'the deployed proxy gets them with its own execution role; to test from here, allow your role the same',
        );
      return failed(
        `authentication failed: ${message}`,
        `check the client's id, secret and scopes in the deployment's ${member}`,
      );
    case 'upstream-unreachable':
    case 'upstream-timeout':
      if (inVpc)
        return warning(
          `not reachable from here: ${message}`,
          'that may be correct, since this deployment is in a VPC: run the doctor from inside it, or see "npm run verify" after the deployment',
        );
      return failed(
        `not reachable: ${message}`,
        "check the upstream's address in the deployment, that it is up, and this machine's network",
      );
    case 'upstream-invalid':
      return failed(`it answers, but not as an MCP server: ${message}`, 'check the path of its URL (often /mcp)');
    case 'config':
      return failed(message, 'fix the config or the deployment');
    default:
      return failed(`no list of tools: ${message}`, "check the upstream's own log");
  }
}

/** @param name one of several upstreams; undefined: the config's only one */
async function probe(
  bindings: Readonly<Record<string, string | undefined>>,
  config: string | undefined,
  name: string | undefined,
): Promise<Probed> {
  const { message, log, silent, isLate } = await inChild(
    'probe-upstream',
    [config ?? '', ...(name === undefined ? [] : [name])],
    bindings,
  );
  const said = parseProbed(message);
  return said === undefined ? { reason: isLate ? 'upstream-timeout' : 'config', message: silent } : inFull(said, log);
}

/** Adds details from the log that clients don't get. */
function inFull(said: Probed, log: string): Probed {
  if (!('errorId' in said) || said.errorId === undefined) return said;
  const line = log.split('\n').find((text) => text.includes(`"errorId":"${said.errorId}"`));
  const entry: unknown = line === undefined ? undefined : JSON.parse(line);
  return isObject(entry) && typeof entry['why'] === 'string' ? { reason: said.reason, message: entry['why'] } : said;
}

function parseProbed(message: unknown): Probed | undefined {
  if (!isObject(message)) return undefined;
  const { tools, shown, reason, message: words, errorId } = message;
  if (typeof tools === 'number' && typeof shown === 'string') return { tools, shown };
  if (typeof reason !== 'string' || typeof words !== 'string') return undefined;
  return { reason, message: words, ...(typeof errorId === 'string' ? { errorId } : {}) };
}
