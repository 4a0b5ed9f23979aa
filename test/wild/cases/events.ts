/** Streams with events that are no messages. */
import { callTool, type Case, OPEN, RAN, RESPONSE } from '../case.ts';

const NO_MESSAGES: Readonly<Record<string, string>> = {
  'a comment': ': ping\n\n',
  'an event of type ping with a time': 'event: ping\ndata: 2026-11-29T00:00:00\n\n',
  'an event of type ping with an empty object': 'event: ping\ndata: {}\n\n',
  'an event of type heartbeat with an object': 'event: heartbeat\ndata: {"type":"ping"}\n\n',
  'an event of type ping with null': 'event: ping\ndata: null\n\n',
  'an event of type endpoint': 'event: endpoint\ndata: /mcp?s=1\n\n',
  'an event of type ping without data': 'event: ping\n\n',
  'an event with an id and no data': 'id: 7\n\n',
  'a retry line': 'retry: 3000\n\n',
  'untyped empty data': 'data:\n\n',
  'untyped text': 'data: ok\n\n',
  'an untyped heartbeat object': 'data: {"type":"ping"}\n\n',
  'a byte order mark': '\uFEFF: hello\n\n',
};

const LISTED = { jsonrpc: '2.0', id: '$ID', result: { tools: [{ name: 't', inputSchema: { type: 'object' } }], resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' } };
const OPENED = { jsonrpc: '2.0', id: '$ID', result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'wild', version: '1' } } };

export const EVENTS: readonly Case[] = [
  ...Object.entries(NO_MESSAGES).map(([what, odd]): Case => ({
    title: `${what} before each response is no answer, neither to the client nor to the proxy itself`,
    upstream: { answers: { initialize: { events: [odd, OPENED] }, 'tools/list': { events: [odd, LISTED] }, 'tools/call': { events: [odd, RESPONSE] } } },
    steps: [OPEN, callTool()],
    seen: { 'tools/call': 1 },
  })),
  ...Object.entries(NO_MESSAGES).map(([what, odd]): Case => ({
    title: `${what} before the response passes as it came where no control looks`,
    sets: ['none', 'audit'],
    upstream: { answers: { 'tools/call': { events: [odd, RESPONSE] } } },
    steps: [OPEN, callTool({ asSent: true })],
  })),
  {
    title: 'a closing [DONE] makes no second response',
    upstream: { answers: { 'tools/call': { events: [RESPONSE, 'data: [DONE]\n\n'] } } },
    steps: [OPEN, callTool()],
  },
  {
    title: 'a stream with carriage returns alone is read',
    upstream: { answers: { 'tools/call': { events: [`event: message\rdata: {"jsonrpc":"2.0","id":$ID,"result":${JSON.stringify(RAN)}}\r\r`] } } },
    steps: [OPEN, callTool()],
  },
];
