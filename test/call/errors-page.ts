/** `docs/errors.md`, from the one table that decides what a refusal looks like. */
import { FORMS } from '../../proxy/call/wire.ts';

export function errorsPage(): string {
  const rows = Object.entries(FORMS).map(
    ([code, { status, bare, rpc, when }]) =>
      `| \`${code}\` | ${when} | ${status}${bare === undefined ? '' : ` (${bare})`} | ${rpc} |`,
  );
  const always = Object.entries(FORMS).flatMap(([code, { always: kept }]) => (kept === true ? [`\`${code}\``] : []));
  return `# Errors

<!-- Generated from \`FORMS\` in proxy/call/wire.ts: \`npm test -- test/call/errors-page -u\` writes this page. -->

How the proxy reports a refusal. A refusal is a JSON-RPC error with the id of the request that it answers (some refusals of tool calls can be tool
results instead, see below):

\`\`\`json
{"jsonrpc":"2.0","id":7,"error":{"code":-31403,"message":"only tools that read","data":{"reason":"denied"}}}
\`\`\`

\`error.data.reason\` is a code from the first column. Programs can rely on it and on the JSON-RPC code, but not on the message. A status in
parentheses applies if there is no request to answer: to a notification, a response, GET and DELETE.

| \`data.reason\` | when | HTTP status | JSON-RPC code |
|---|---|---|---|
${rows.join('\n')}

## HTTP status in the legacy era

**A request of the legacy era gets HTTP 200 once it has become a call.** If a control or the upstream then causes a refusal, the JSON-RPC error
reports it. Reason: clients built on the Python SDK 1.x treat any other status as the end of the session and drop all calls in flight.

The status in the table still applies:

- to ${always.join(' and ')};
- to requests that are refused earlier, for their body, headers, \`Host\`, \`Origin\` or caller;
- to messages that are not requests;
- to the whole modern era.

An HTTP status from the upstream passes unchanged. Metrics, audit and traces record the code, whatever the status is.

## Codes with another form

- \`unknown-name\` has no \`data\`, except \`{"uri":…}\` for a resource: \`{"code":-32602,"message":"Unknown tool: x"}\`. The answer is the same for a
  tool that does not exist and for one that this caller may not use.
- \`invalid-arguments\` for \`tools/call\` is not an error, but a result with \`isError: true\`. Its text is the message, so a model can read it and
  correct the call.
- \`throttled\` has \`data.retryAfterMs\` and the header \`Retry-After\` (whole seconds, rounded up).
- \`internal\` does not say what failed. The log explains its \`data.errorId\`: the name of the control (if a control failed), the class of the
  error and where it was thrown. The log omits the error's message, because it may hold a value of the call. It does include the proxy's own
  messages about the upstream and about controls (such as \`returned before next() had settled: probably a missing await or return\`).

If a message would name a host, an address or a binding of the deployment, the client gets a shorter message with \`data.errorId\`. The log has
the full message under this id (\`event: "refused"\`).

## Tool results instead of errors

Many agents stop at a JSON-RPC error, but their model continues after a tool result. With \`toolRefusals: 'result'\` in the config, \`denied\`,
\`unknown-name\` and \`throttled\` answer \`tools/call\` with a result with \`isError: true\`. Audit and metrics record the same code.

## Streams and batches

- Once the response headers of an event stream have been sent, its status cannot change. The stream then ends with an event that carries the
  error for the request's id.
- A reply that cannot be inspected (\`inspection-failed\`) keeps the upstream's status if this is an error status. 404 still means a lost
  session, and 405 that there is no stream.
- A batch (2025-03-26) has the status with which all its requests failed, otherwise 200.
`;
}
