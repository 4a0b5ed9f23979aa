/** Writes `docs/errors.md` from the table that decides the form of a refusal, and from what each code means. */
import { ADVICE } from '../../bin/explain-call/advice.ts';
import type { ErrorCode } from '../../proxy/base/errors.ts';
import { ERRORS_PAGE } from '../../proxy/base/self.ts';
import { FORMS } from '../../proxy/call/wire.ts';

function paragraphs(): string {
  return Object.entries(FORMS)
    .map(([code, { status, bare, challenged, rpc }]) => {
      const { happened, why, remedy } = ADVICE[code as ErrorCode];
      const form = `${challenged === undefined ? '' : `${challenged} with a challenge, else `}${status}${bare === undefined ? '' : ` (${bare})`}, ${rpc}`;
      return `### \`${code}\`\n\n**${form}.** ${happened}${why === undefined ? '' : `\n**Why:** ${why}`}\n**Do:** ${remedy}`;
    })
    .join('\n\n');
}

export function errorsPage(): string {
  const always = Object.entries(FORMS).flatMap(([code, { always: kept }]) => (kept === true ? [`\`${code}\``] : []));
  return `# Errors

<!-- Generated from \`FORMS\` in proxy/call/wire.ts and \`ADVICE\` in bin/explain-call/advice.ts: \`npm test -- test/call/errors-page -u\` writes this page. -->

A refusal is a JSON-RPC error with the id of the request:

\`\`\`json
{"jsonrpc":"2.0","id":7,"error":{"code":-31403,"message":"only tools that read","data":{"reason":"denied","errorId":"0f8fad5b-d9cb-469f-a165-70867728950e","docs":"${ERRORS_PAGE}#denied"}}}
\`\`\`

Programs can rely on \`reason\` and \`code\`, not on the message. \`npm run explain -- --id ERROR_ID --log FILE\`
[says why](explain.md) a call was refused.

## Each code

In bold: the HTTP status (in parentheses that of a notification, a response, GET or DELETE), and the JSON-RPC code.

${paragraphs()}

## The id of a refusal

\`data.errorId\` is in the log: as \`id\` in a line of [\`audit\`](control-audit.md), else as \`errorId\` in a line \`event: "refused"\`.
\`unknown-name\` has none, as if the upstream didn't know the name; its audit line has \`id\`, \`trace\` and the tool's name.
Bytes that are no whole HTTP request have neither.

## HTTP status in the legacy era

**A legacy request gets HTTP 200 once it has become a call**, since clients built on the Python SDK 1.x end their session at any other
status. Other statuses remain for ${always.join(', ')}, for other messages than requests, and for requests
refused for their body, headers, \`Host\`, \`Origin\` or caller. The upstream's own status passes unchanged.

## Codes with another form

| code | form |
|---|---|
| \`unknown-name\` | no \`data\`, except \`{"uri":…}\` for a resource: \`{"code":-32602,"message":"Unknown tool: x"}\` |
| \`invalid-arguments\` | for \`tools/call\` a result with \`isError: true\` and the message as text; the rest is in \`_meta["io.github.agentcore-mcp-proxy/refusal"]\` |
| \`unauthenticated-caller\` | with \`jwks(…)\`, [\`WWW-Authenticate\`](callers.md#clients-that-log-in). \`error="insufficient_claims"\`: get a token with the \`claims\` (base64), also in \`data.claims\` |
| \`consent-required\` | a client that declared URL elicitation [gets the page](upstream-auth.md#a-person-gives-access) instead |
| \`throttled\` | \`data.retryAfterMs\` and the header \`Retry-After\` (whole seconds, rounded up) |

If a message names a host, an address or a binding, the client gets a shorter one; the log has it in full. Of \`internal\`, the log has
control, class and place of the error, and no message but the proxy's own.

Many agents stop at a JSON-RPC error. With \`toolRefusals: 'result'\` in the config, \`denied\`, \`unknown-name\` and \`throttled\` answer
\`tools/call\` with \`isError: true\`, too; \`_meta\` says why, except for \`unknown-name\`.

## Streams and batches

- An event stream whose headers have been sent ends with an event that carries the error.
- \`inspection-failed\` keeps an error status of the upstream: 404 still means a lost session, 405 that there is no stream.
- A batch (2025-03-26) has the status with which all its requests failed, else 200.
`;
}
