/** Sessions that upstreams lose, and answers that only look like that. */
import { type Answer, ask, callTool, type Case, FORGET, OPEN, rpcError } from '../case.ts';

/** How servers report an unknown session, by server. */
const LOST: Readonly<Record<string, Answer>> = {
  'the TypeScript SDK (404, id null)': { status: 404, body: rpcError(null, -32001, 'Session not found') },
  'the Python SDK (404, id "server-error")': {
    status: 404,
    body: rpcError('server-error', -32600, 'Session not found'),
  },
  'the Go SDK (404 in plain text)': {
    status: 404,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: 'session not found\n',
  },
  'the C# SDK (404, id "")': { status: 404, body: rpcError('', -32001, 'Session not found') },
  'an older Python SDK (400 in plain text)': {
    status: 400,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: 'Bad Request: No valid session ID provided',
  },
  'rmcp (404 in plain text)': {
    status: 404,
    headers: { 'Content-Type': 'text/plain' },
    body: 'Not Found: Session not found',
  },
  'an older rmcp (401 in plain text)': {
    status: 401,
    headers: { 'Content-Type': 'text/plain' },
    body: 'Unauthorized: Session not found',
  },
  "a server based on the SDK's example (400, id null)": {
    status: 400,
    body: rpcError(null, -32000, 'Bad Request: No valid session ID provided'),
  },
};
/** The server that reports it under the request's own id. */
const EVERYTHING: Answer = { status: 400, body: rpcError('$ID', -32000, 'Bad Request: No valid session ID provided') };
/** How rmcp answers a GET or a DELETE that names no session. */
const ID_REQUIRED: Answer = {
  status: 401,
  headers: { 'Content-Type': 'text/plain' },
  body: 'Unauthorized: Session ID is required',
};
const TEXT_404: Answer = { status: 404, headers: { 'Content-Type': 'text/plain' }, body: 'Not Found' };

/** Answers under the request's own id: the tool ran, or the server decided. Sending it again would be a second call. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  '404 with an error': { status: 404, body: rpcError('$ID', -32002, 'Resource not found') },
  '404 with an error that mentions sessions': { status: 404, body: rpcError('$ID', -32001, 'Session not found') },
  '400 with an error that mentions sessions': {
    status: 400,
    body: rpcError('$ID', -32000, 'the argument is no session id of this shop'),
  },
  '404 with a result': {
    status: 404,
    body: { jsonrpc: '2.0', id: '$ID', result: { content: [{ type: 'text', text: 'RAN' }], isError: true } },
  },
  '404 with an error, its id as a string': { status: 404, body: rpcError('$STRING_ID', -32001, 'Session not found') },
};

const KEEPS = LOST['the TypeScript SDK (404, id null)'] ?? {};

export const SESSIONS: readonly Case[] = [
  ...Object.entries(ANSWERS).map(([what, answer]): Case => ({
    title: `${what} under the request's id is an answer: it passes unchanged, and the tool ran once`,
    eras: ['legacy'],
    upstream: { lost: KEEPS, answers: { 'tools/call': [answer, {}] } },
    steps: [OPEN, callTool({ status: answer.status ?? 200, asSent: true })],
    seen: { initialize: 1, 'tools/call': 1 },
  })),
  ...Object.entries(ANSWERS)
    .slice(0, 3)
    .map(([what, answer]): Case => ({
      title: `${what} under the request's id is an answer even if sessions are opened again`,
      eras: ['legacy'],
      upstream: { reopen: true, lost: KEEPS, answers: { 'tools/call': [answer, {}] } },
      steps: [OPEN, callTool({ status: answer.status ?? 200, asSent: true })],
      seen: { initialize: 1, 'tools/call': 1 },
    })),
  ...Object.entries(LOST).map(([who, lost]): Case => ({
    title: `a session that ${who} lost is reported to the client, and nothing is sent again`,
    eras: ['legacy'],
    upstream: { lost },
    steps: [
      OPEN,
      callTool(),
      FORGET,
      callTool({ status: 404, without: /RAN/ }),
      callTool({ status: 404, without: /RAN/ }),
    ],
    seen: { initialize: 1, 'tools/call': 2 },
  })),
  ...Object.entries({ ...LOST, 'server-everything (400, own id)': EVERYTHING }).map(([who, lost]): Case => ({
    title: `a session that ${who} lost is opened again if the upstream is configured to keep no state`,
    eras: ['legacy'],
    upstream: { lost, reopen: true },
    steps: [OPEN, callTool(), FORGET, callTool()],
    seen: { initialize: 2, 'tools/call': 3 },
  })),
  {
    title:
      "server-everything's way of losing a session passes unchanged if the upstream may keep state, since it is under the request's own id",
    eras: ['legacy'],
    sets: ['none', 'audit', 'looking'],
    upstream: { lost: EVERYTHING },
    steps: [OPEN, FORGET, callTool({ status: 400, asSent: true })],
    seen: { initialize: 1, 'tools/call': 1 },
  },
  {
    title:
      "server-everything's way of losing a session is reported to the client if the proxy itself asks first, since its own request is not a tool call",
    eras: ['legacy'],
    sets: ['policy', 'validation', 'all'],
    upstream: { lost: EVERYTHING },
    steps: [OPEN, FORGET, callTool({ status: 404, error: -32001 }), OPEN, callTool()],
    seen: { initialize: 2, 'tools/call': 1 },
  },
  {
    title:
      'a session lost in an unknown form is reported even if sessions are opened again, since the tool may have run',
    eras: ['legacy'],
    upstream: { lost: TEXT_404, reopen: true },
    steps: [OPEN, callTool(), FORGET, callTool({ status: 404, without: /RAN/ })],
    seen: { initialize: 1, 'tools/call': 2 },
  },
  {
    title: 'a session that is opened again gets its log level and subscriptions back',
    eras: ['legacy'],
    upstream: { lost: KEEPS, reopen: true },
    steps: [
      OPEN,
      ask('logging/setLevel', {}, { level: 'debug' }),
      ask('resources/subscribe', {}, { uri: 'a://1' }),
      FORGET,
      callTool(),
    ],
    seen: { initialize: 2, 'logging/setLevel': 2, 'resources/subscribe': 2 },
  },
  {
    title: 'a ping keeps the session alive in its process, and reports that it was lost',
    eras: ['legacy'],
    upstream: { lost: KEEPS },
    steps: [OPEN, ask('ping', {}), FORGET, ask('ping', { status: 404 })],
    seen: { initialize: 1, ping: 2 },
  },
  {
    title: 'a ping opens no session, lost or not',
    eras: ['legacy'],
    upstream: { lost: KEEPS, reopen: true },
    steps: [OPEN, FORGET, ask('ping', {}), callTool()],
    seen: { initialize: 2, ping: 1 },
  },
  {
    title: 'a client that was told may start again immediately',
    eras: ['legacy'],
    upstream: { lost: KEEPS },
    steps: [OPEN, FORGET, callTool({ status: 404 }), OPEN, callTool()],
    seen: { initialize: 2 },
  },
  {
    title: 'a GET that is answered with 404 says nothing about the session',
    eras: ['legacy'],
    upstream: { lost: KEEPS, answers: { GET: TEXT_404 } },
    steps: [OPEN, { http: 'GET', gets: { status: 404 } }, { http: 'GET', gets: { status: 404 } }, callTool()],
    seen: { initialize: 1, GET: 2, 'tools/call': 1 },
  },
  {
    title: 'a GET that is answered with 404 says nothing about the session even if sessions are opened again',
    eras: ['legacy'],
    upstream: { lost: KEEPS, reopen: true, answers: { GET: TEXT_404 } },
    steps: [OPEN, { http: 'GET', gets: { status: 404 } }, callTool()],
    seen: { initialize: 1, GET: 1, 'tools/call': 1 },
  },
  ...(['GET', 'DELETE'] as const).map((http): Case => ({
    title: `a ${http} without a session id, which rmcp answers like missing credentials, is told what it lacks, and no credentials are spoken of`,
    eras: ['legacy'],
    upstream: { lost: ID_REQUIRED, answers: { GET: ID_REQUIRED, DELETE: ID_REQUIRED } },
    steps: [
      {
        http,
        gets: {
          status: 400,
          words: /"code":-32600,"message":"expected a session id, got none: initialize first/,
          without: /credentials/,
        },
      },
    ],
    seen: { [http]: 1 },
  })),
  {
    title: "a session id that doesn't reach rmcp is a fault of the route, not of the credentials",
    eras: ['legacy'],
    upstream: { lost: KEEPS, answers: { GET: ID_REQUIRED } },
    steps: [
      OPEN,
      {
        http: 'GET',
        gets: { status: 502, words: /the upstream got no session id, though one was sent/, without: /credentials/ },
      },
      callTool(),
    ],
    seen: { initialize: 1, GET: 1, 'tools/call': 1 },
  },
  {
    title: 'a notification that is answered with 404 says nothing about the session',
    eras: ['legacy'],
    upstream: { lost: KEEPS, answers: { 'notifications/cancelled': TEXT_404 } },
    steps: [
      OPEN,
      { say: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":99}}', gets: { status: 404 } },
      callTool(),
    ],
    seen: { initialize: 1, 'tools/call': 1 },
  },
  {
    title: "an unknown method's 404 is an answer",
    eras: ['legacy'],
    sets: ['none', 'audit', 'looking'],
    upstream: {
      lost: KEEPS,
      answers: { 'foo/bar': { status: 404, body: rpcError('$ID', -32601, 'Method not found') } },
    },
    steps: [OPEN, ask('foo/bar', { status: 404, asSent: true }), callTool()],
    seen: { initialize: 1, 'foo/bar': 1 },
  },
];
