/** Streams with events that are not messages. */
import { callTool, type Case, OPEN, RAN, RESPONSE, type Step } from '../case.ts';
import type { SetName } from '../sets.ts';

const NO_MESSAGES: Readonly<Record<string, string>> = {
  'a comment': ': ping\n\n',
  'an event of type ping with a time': 'event: ping\ndata: 2026-11-29T00:00:00\n\n',
  'an event of type ping with an empty object': 'event: ping\ndata: {}\n\n',
  'an event of type heartbeat with an object': 'event: heartbeat\ndata: {"type":"ping"}\n\n',
  'an event of type ping with null': 'event: ping\ndata: null\n\n',
  'an event of type ping with braces that are not JSON': 'event: ping\ndata: {t: 1}\n\n',
  'an event of type ping with a list that is not JSON': 'event: ping\ndata: [{t: 1}]\n\n',
  'an event of type endpoint': 'event: endpoint\ndata: /mcp?s=1\n\n',
  'an event of type ping without data': 'event: ping\n\n',
  'an event with an id and no data': 'id: 7\n\n',
  'a retry line': 'retry: 3000\n\n',
  'untyped empty data': 'data:\n\n',
  'untyped text': 'data: ok\n\n',
  'an untyped heartbeat object': 'data: {"type":"ping"}\n\n',
  'a byte order mark': '\uFEFF: hello\n\n',
};

const PROGRESS = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'busy' } };
/** Parts of streams that contain no response. */
const NO_RESPONSE: Readonly<Record<string, readonly unknown[]>> = {
  'a comment': [': ping\n\n'],
  'a retry line': ['retry: 3000\n\n'],
  'an event of type ping': ['event: ping\ndata: now\n\n'],
  'a line of a log': [PROGRESS],
  "a response to another client's request": [{ ...RESPONSE, id: 77 }],
  'an error without an id': [{ jsonrpc: '2.0', id: null, error: { code: -32603, message: 'no' } }],
  '[DONE]': ['data: [DONE]\n\n'],
};
/** Sets in which a control reads the reply to a tool call. */
const READING: readonly SetName[] = ['looking', 'validation', 'all'];
/** The stream's own error, and no other response under its id. */
const TOLD: Step = callTool({ words: /"id":5,"error":\{"code":-32603/, without: /"id":5,.*"id":5,/s });

const LISTED = {
  jsonrpc: '2.0',
  id: '$ID',
  result: {
    tools: [{ name: 't', inputSchema: { type: 'object' } }],
    resultType: 'complete',
    ttlMs: 60_000,
    cacheScope: 'public',
  },
};
const OPENED = {
  jsonrpc: '2.0',
  id: '$ID',
  result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'wild', version: '1' } },
};

export const EVENTS: readonly Case[] = [
  ...Object.entries(NO_MESSAGES).map(([what, odd]): Case => ({
    title: `${what} before each response is no answer, neither to the client nor to the proxy itself`,
    upstream: {
      answers: {
        initialize: { events: [odd, OPENED] },
        'tools/list': { events: [odd, LISTED] },
        'tools/call': { events: [odd, RESPONSE] },
      },
    },
    steps: [OPEN, callTool()],
    seen: { 'tools/call': 1 },
  })),
  ...Object.entries(NO_MESSAGES).map(([what, odd]): Case => ({
    title: `${what} before the response passes as it came where no control looks`,
    sets: ['none', 'audit'],
    upstream: { answers: { 'tools/call': { events: [odd, RESPONSE] } } },
    steps: [OPEN, callTool({ asSent: true })],
  })),
  ...Object.entries(NO_RESPONSE).flatMap(([what, events]): readonly Case[] => [
    {
      title: `a stream that ends after only ${what} ends with an error under the request's id if a control reads it`,
      sets: READING,
      upstream: { answers: { 'tools/call': { events } } },
      steps: [OPEN, TOLD],
      seen: { 'tools/call': 1 },
    },
    {
      title: `a stream that breaks off after ${what} ends with an error under the request's id if a control reads it`,
      sets: READING,
      upstream: { answers: { 'tools/call': { events, cutAfter: 0 } } },
      steps: [OPEN, TOLD],
      seen: { 'tools/call': 1 },
    },
  ]),
  {
    title: 'a stream that ends after an event with an id may continue elsewhere, so it passes unchanged',
    eras: ['legacy'],
    upstream: { answers: { 'tools/call': { events: ['id: 1\nretry: 10\ndata:\n\n'] } } },
    steps: [OPEN, callTool({ asSent: true })],
  },
  {
    title: 'a batch that contains the response is the response',
    eras: ['legacy'],
    upstream: { answers: { 'tools/call': { events: [[PROGRESS, RESPONSE]] } } },
    steps: [OPEN, callTool({ asSent: true })],
  },
  {
    title: 'a final [DONE] causes no second response',
    upstream: { answers: { 'tools/call': { events: [RESPONSE, 'data: [DONE]\n\n'] } } },
    steps: [OPEN, callTool()],
  },
  {
    title: 'a stream with only carriage returns is read',
    upstream: {
      answers: {
        'tools/call': {
          events: [`event: message\rdata: {"jsonrpc":"2.0","id":$ID,"result":${JSON.stringify(RAN)}}\r\r`],
        },
      },
    },
    steps: [OPEN, callTool()],
  },
];
