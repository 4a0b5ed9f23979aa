/** What each error code means to the person whose call was refused. `docs/errors.md` and `npm run explain` show it. */
import type { ErrorCode } from '../../proxy/base/errors.ts';

export interface Advice {
  readonly happened: string;
  /** If the error itself doesn't say it. */
  readonly why?: string;
  /** What the person can do, or can ask of those who run the proxy. */
  readonly remedy: string;
  /** The same for who reads an explanation, and so has the log or the config. @default - the remedy */
  readonly explained?: string;
}

export const ADVICE: Readonly<Record<ErrorCode, Advice>> = {
  'parse-error': {
    happened: 'The body is not JSON. Nothing was forwarded.',
    remedy: 'Let a JSON library write the body in UTF-8, and send all of it.',
  },
  'invalid-request': {
    happened: 'The body is not a JSON-RPC message that the proxy accepts. Nothing was forwarded.',
    why: 'It lacks `jsonrpc: "2.0"` or a method, has a key twice, is nested too deeply, is a batch of a version without batches, or has the id of a request in progress.',
    remedy: 'Correct what the message names. For nesting, see `limits.maxDepth` in the config.',
  },
  'invalid-params': {
    happened: 'A parameter that the method requires is missing or has another type.',
    remedy: 'Correct the parameter that the message names.',
  },
  'header-mismatch': {
    happened: 'A header differs from the body.',
    why: 'From 2026-07-28 on, `Mcp-Method`, `Mcp-Name`, `MCP-Protocol-Version` and `Mcp-Param-…` repeat parts of the body.',
    remedy: 'Write the headers from the body, or update the client library.',
  },
  'method-not-found': {
    happened: "The request's protocol version does not have this method.",
    why: '2026-07-28 has no `initialize` and no `ping`, earlier versions no `server/discover`.',
    remedy: "Compare it with the client's version (`MCP-Protocol-Version`, or `_meta`).",
  },
  'missing-capability': {
    happened: 'The call asks for a task, but the client did not declare tasks.',
    remedy: 'Declare what `data.requiredCapabilities` names, or call without a task.',
  },
  'method-not-allowed': {
    happened: 'The endpoint does not have this HTTP method.',
    why: 'Messages are sent by POST. GET (a stream) and DELETE (the end of a session) exist only up to 2025-11-25.',
    remedy: 'Use a method that the header `Allow` lists.',
  },
  'unsupported-media-type': {
    happened: 'The request is not declared as JSON.',
    remedy: 'Send `Content-Type: application/json`.',
  },
  'payload-too-large': {
    happened: 'The body is larger than `limits.maxBody` of the config.',
    remedy: 'Send less, or have the limit that the message names raised.',
  },
  'too-many-headers': {
    happened: 'The request has more than 256 headers.',
    remedy: 'Send fewer: something on the way may add or repeat headers.',
  },
  'forbidden-origin': {
    happened: 'A web page of another origin made the call.',
    why: "`Origin` is not allowed. This stops pages that call servers in a person's name.",
    remedy: 'If the page is yours, have its origin added to `ALLOWED_ORIGINS`.',
  },
  'forbidden-host': {
    happened: 'The call names another host than this proxy.',
    why: '`Host` is not allowed. This stops pages that point their own name to this machine (DNS rebinding).',
    remedy: 'Call the proxy by its own name, or have the name added to `ALLOWED_HOSTS`.',
  },
  'not-found': {
    happened: 'There is nothing at this path: the endpoint is `/mcp`, health is at `/ping`.',
    remedy: 'Correct the URL in the client.',
  },
  'unauthenticated-caller': {
    happened: 'The proxy does not know who calls.',
    why: "The token is missing, expired, or of another issuer or audience than `caller` in the config expects; or the issuer of the upstream's tokens does not accept it.",
    remedy: 'Get a token as `WWW-Authenticate` says, else log in again. Compare its `iss` and `aud` with the config.',
  },
  'caller-refused': {
    happened: 'The upstream, or the issuer of its tokens, gives this caller no access.',
    why: "The upstream is called in the caller's name, whose access was never given, or withdrawn.",
    remedy: 'Ask those who run the upstream for access. No change of the proxy helps.',
  },
  'consent-required': {
    happened: 'The person who calls has to give access to the upstream on a page first.',
    why: 'The client did not declare that it opens pages, or the method can carry none.',
    remedy:
      'Call a tool with a client that declares URL elicitation (`elicitation.url`), open the page, agree, and call again.',
  },
  'insufficient-scope': {
    happened: 'The caller may do this, but the token lacks scopes that a policy requires.',
    remedy:
      'Get a token with all scopes in `data.requiredScopes`. Where the proxy verifies tokens, `WWW-Authenticate` has them too.',
  },
  'session-not-found': {
    happened: "The session does not exist any more, or is not this caller's.",
    why: 'It ended, the upstream restarted or forgot it, or another proxy sealed the id (`SESSION_SECRET`).',
    remedy: 'Send `initialize` without a session id. If it happens often, see [sessions](sessions.md).',
  },
  denied: {
    happened: 'A control refused the call, or its reply.',
    why: "The config says so: a policy on the arguments, a secret in the call, or your own rule. The message is the control's.",
    remedy: 'Find the rule with `npm run explain`. Then change the call, or have the rule changed.',
    explained:
      'change the call as the message that the client got says, or change the rule of this control in the config',
  },
  'unknown-name': {
    happened: 'There is no such tool, prompt, resource or task for this caller.',
    why: 'It does not exist, a policy does not permit it, a lock does not have it, or the config renamed it. The answer is the same in all cases, to hide which.',
    remedy:
      'List the tools as the same caller: the name may be misspelt. If it is missing there, `npm run explain -- CALL.json --caller …` says which control hides it. In the log, look for the trace id.',
    explained:
      'a name that tools/list shows to this caller: this one may be misspelt, renamed, hidden or not permitted',
  },
  'invalid-arguments': {
    happened: 'The arguments are not those that the tool declares.',
    why: "They don't fit its input schema, or the upstream may take a name in them for another.",
    remedy: 'Correct the argument that the message names. A model can do that.',
    explained: 'correct the argument that the message to the client names',
  },
  throttled: {
    happened: 'A limit is used up.',
    why: 'The caller, or all callers together, made or opened as many calls as the config permits; or an upstream asks for a pause.',
    remedy: 'Wait for `data.retryAfterMs`, then call again, or have the limit raised.',
  },
  cancelled: {
    happened: 'The client gave up before it had the reply. Only logs have this code.',
    remedy: "Raise the client's time limit if the tool is slow.",
  },
  'unmatched-stream': {
    happened: "A message can't be assigned to its call.",
    why: 'A control changes replies, and this process does not know the call. Or an answer fits several questions of the upstream with one id.',
    remedy: 'Call again. With several processes, send all requests of a session to the same one.',
  },
  'inspection-failed': {
    happened: 'The upstream answered, but a control that must read the answer could not.',
    why: 'It is not JSON, compressed, not UTF-8, too large (`limits.maxInspectedReply`), or not in a form of MCP.',
    remedy: 'Correct what the message names in the upstream, or raise the limit.',
  },
  'upstream-unreachable': {
    happened: 'There was no connection to the upstream, or it broke before the answer.',
    why: 'The upstream is down, its address is wrong, or a network, a proxy or a certificate is in the way.',
    remedy: 'The log has address and reason. If the connection broke later, the call may have been carried out.',
    explained:
      'start the upstream, or correct its address, the network or the certificate. If the connection broke later, the call may have been carried out',
  },
  'upstream-timeout': {
    happened: 'The upstream did not answer in time.',
    why: 'The tool is slower than the limit in the config (`firstByteMs` and others), or the upstream hangs.',
    remedy: 'Call again only if the tool may run twice, or have the limit raised.',
  },
  'upstream-auth': {
    happened: 'The proxy could not authenticate to the upstream.',
    why: "The proxy's own secret, role or token is missing, expired or not accepted. The client's token is not the reason.",
    remedy: 'Those who run the proxy find the reason in the log, and each way in [upstream-auth](upstream-auth.md).',
    explained: "correct the proxy's own secret, role or token for the upstream; docs/upstream-auth.md has each way",
  },
  'upstream-invalid': {
    happened: 'The upstream answered something that is not MCP.',
    why: 'Often an error page of a gateway, a wrong path, or a server that failed in the middle of an answer.',
    remedy: 'Call the upstream without the proxy to see its answer. The message has the status.',
  },
  internal: {
    happened: 'A control or the proxy failed, so the call is refused.',
    why: "An error in your own control, a store that can't be reached, or an error of the proxy.",
    remedy: 'In the log, find the control, the kind of the error and where it was thrown.',
    explained: 'correct what the summary names',
  },
};
