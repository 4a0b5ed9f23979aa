/** `docs/errors.md`, from the one table that decides what a refusal looks like. */
import { FORMS } from '../../proxy/call/wire.ts';

export function errorsPage(): string {
  const rows = Object.entries(FORMS).map(
    ([code, { status, bare, rpc, when }]) =>
      `| \`${code}\` | ${when} | ${status}${bare === undefined ? '' : ` (${bare})`} | ${rpc} |`,
  );
  const always = Object.entries(FORMS).flatMap(([code, { always: kept }]) => (kept === true ? [`\`${code}\``] : []));
  return `# Errors

<!-- Generated from \`FORMS\` in proxy/call/wire.ts: \`npm test -- test/call/errors-page -u\` writes it anew. -->

Every refusal of the proxy is a JSON-RPC error in the name of the request that it answers. \`error.data.reason\` is the code of
the first column; programs may rely on it and on the JSON-RPC code, not on the message.
A status in parentheses stands where there is no request to answer: a notification, a response, GET and DELETE.

**A request of the legacy era gets HTTP 200 once it has become a call.** What refuses it then (a control, what a control finds in the
reply, a fault of the upstream or of the proxy) is its JSON-RPC answer. Clients that are built on the Python SDK 1.x take any other status for the
end of the session, with all calls in flight. ${always.join(' and ')} keep the table's status. The table's status also holds for what
is refused before that (body, headers, \`Host\`, \`Origin\`, caller), for what is no request, and for the whole modern era. An HTTP status that the
upstream sends passes as it is. Metrics, audit and traces tell the code, whatever the status is.

| \`data.reason\` | when | HTTP status | JSON-RPC code |
|---|---|---|---|
${rows.join('\n')}

Four of them differ from the rest:

- \`unknown-name\` has no \`data\`, for a resource \`{"uri":…}\` alone: \`{"code":-32602,"message":"Unknown tool: x"}\`, the same for a tool that does
  not exist and for one that this caller may not use.
- \`invalid-arguments\` to \`tools/call\` is no error but a result with \`isError: true\` and the message as its text, which a model can
  read and mend.
- \`throttled\` carries \`data.retryAfterMs\` and the header \`Retry-After\` (whole seconds, rounded up).
- \`internal\` says nothing of what broke. Its \`data.errorId\` stands in the log, with the control's name where a control broke,
  the class of the error and where it was thrown. Its message isn't there, since it may hold a value of the call; what the proxy itself says of
  a control (\`returned before next() had settled: probably a missing await or return\`) and of the upstream is.

A message names no host, address or binding of the deployment. Where the whole of it does, the client gets a shorter one with \`data.errorId\`,
under which the log has the whole (\`event: "refused"\`).

\`toolRefusals: 'result'\` in the config turns \`denied\`, \`unknown-name\` and \`throttled\` in answer to \`tools/call\` into results with \`isError: true\`: many
agents end their run at a JSON-RPC error, and their model goes on after a result. Audit and metrics tell the code all the same.

After the head of an event stream has left, its status can't change any more: the stream ends with an event that carries the
error for the request's id. A reply that can't be looked at (\`inspection-failed\`) keeps the upstream's status where that tells of
failure: 404 still means a lost session, 405 that there is no stream. A batch (2025-03-26) has the status with which all of its requests
failed, else 200.
`;
}
