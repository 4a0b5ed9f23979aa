/** Writes `docs/errors.md` from the table that decides the form of a refusal, and from what each code means. */
import { ADVICE } from '../../bin/explain-call/advice.ts';
import { ERRORS_PAGE } from '../../proxy/base/self.ts';
import { FORMS } from '../../proxy/call/wire.ts';

function paragraphs(): string {
  return Object.entries(ADVICE)
    .map(
      ([code, { happened, why, remedy }]) =>
        `### \`${code}\`\n\n${happened}\n**Why:** ${why}\n**What to do:** ${remedy}`,
    )
    .join('\n\n');
}

export function errorsPage(): string {
  const rows = Object.entries(FORMS).map(
    ([code, { status, bare, challenged, rpc, when }]) =>
      `| \`${code}\` | ${when} | ${challenged === undefined ? '' : `${challenged} with a challenge, else `}${status}${bare === undefined ? '' : ` (${bare})`} | ${rpc} |`,
  );
  const always = Object.entries(FORMS).flatMap(([code, { always: kept }]) => (kept === true ? [`\`${code}\``] : []));
  return `# Errors

<!-- Generated from \`FORMS\` in proxy/call/wire.ts and \`ADVICE\` in bin/explain-call/advice.ts: \`npm test -- test/call/errors-page -u\` writes this page. -->

How the proxy reports a refusal: as a JSON-RPC error with the id of the request, or for some tool calls as a tool result (see below).

\`\`\`json
{"jsonrpc":"2.0","id":7,"error":{"code":-31403,"message":"only tools that read","data":{"reason":"denied","errorId":"0f8fad5b-d9cb-469f-a165-70867728950e","docs":"${ERRORS_PAGE}#denied"}}}
\`\`\`

Was your call refused? \`npm run explain -- --id ERROR_ID --log FILE\` says in words what happened ([explain](explain.md)). The link in
\`docs\` leads to the [code below](#each-code).

Programs can rely on \`error.data.reason\` and on the JSON-RPC code, but not on the message. A status in parentheses applies to a notification,
a response, GET and DELETE.

| \`data.reason\` | when | HTTP status | JSON-RPC code |
|---|---|---|---|
${rows.join('\n')}

## Each code

${paragraphs()}

## The id of a refusal

\`data.errorId\` names the refusal in the log: a line has it as \`id\` (those of [\`audit\`](control-audit.md)) or as \`errorId\` (all others). With
\`audit\` in the config the line of the call has it, without it a line \`event: "refused"\`. It is drawn when a call is refused, so a call that
passes has none, unless the audit record needs one.

\`unknown-name\` has no id and no link: a name that a caller may not use and a name that doesn't exist get the same answer, and for the
second the answer may be the upstream's own, which passes byte for byte. The audit line of such a call has its \`id\`, its \`trace\` and the
tool's name. Bytes that are not HTTP, or that stop coming before the request is complete, have no id either: no line is written for them.

## HTTP status in the legacy era

**A request of the legacy era gets HTTP 200 once it has become a call.** Only the JSON-RPC error reports the refusal. Clients built on the Python SDK
1.x treat any other status as the end of the session. The status in the table still applies:

- to ${always.join(' and ')};
- to requests that are refused earlier, for their body, headers, \`Host\`, \`Origin\` or caller;
- to messages that are not requests;
- to the whole modern era.

An HTTP status from the upstream passes unchanged. Metrics, audit and traces record the code, whatever the status is.

## Codes with another form

| code | form |
|---|---|
| \`unknown-name\` | no \`data\`, except \`{"uri":…}\` for a resource: \`{"code":-32602,"message":"Unknown tool: x"}\`. The same for a tool that does not exist and for one that this caller may not use |
| \`invalid-arguments\` | for \`tools/call\` a result with \`isError: true\`. Its text is the message, so a model can correct the call. \`reason\`, \`errorId\` and \`docs\` are in \`_meta["io.github.agentcore-mcp-proxy/refusal"]\` |
| \`unauthenticated-caller\` | with \`jwks(…)\` as its caller, the proxy says by \`WWW-Authenticate\` where to get a token ([callers](callers.md#clients-that-log-in)). \`error="invalid_token"\`: another token is needed; \`error="insufficient_claims"\`: one with the claims in \`claims\` (base64), which are also in \`data.claims\` |
| \`throttled\` | \`data.retryAfterMs\` and the header \`Retry-After\` (whole seconds, rounded up) |
| \`internal\` | The log has under \`data.errorId\` the control's name, the error's class and where it was thrown, and the proxy's own messages (such as \`returned before next() had settled: probably a missing await or return\`). It omits other messages, which may hold a value of the call |

If a message would name a host, an address or a binding of the deployment, the client gets a shorter one. The log has the full message under
the id (\`event: "refused"\`).

## Tool results instead of errors

Many agents stop at a JSON-RPC error, but continue after a tool result. With \`toolRefusals: 'result'\` in the config, \`denied\`, \`unknown-name\` and
\`throttled\` answer \`tools/call\` with a result with \`isError: true\`, and \`_meta\` says why as above, except for \`unknown-name\`. Audit and metrics record the same code.

## Streams and batches

- After the response headers of an event stream have been sent, it ends with an event that carries the error for the request's id.
- A reply that cannot be inspected (\`inspection-failed\`) keeps the upstream's status if this is an error status. 404 still means a lost
  session, and 405 that there is no stream.
- A batch (2025-03-26) has the status with which all its requests failed, otherwise 200.
`;
}
