/** Replies that are cut, empty, or in the wrong bytes. */
import { type Answer, callTool, type Case, OPEN, RAN, RESPONSE } from '../case.ts';
import type { SetName } from '../sets.ts';

/** Sets in which a control reads the reply to a tool call. */
const READING: readonly SetName[] = ['looking', 'validation', 'all'];
const TEXT = `{"jsonrpc":"2.0","id":$ID,"result":${JSON.stringify(RAN)}}`;
const EMPTY: Readonly<Record<string, Answer>> = {
  'an empty 200': { status: 200 },
  'an empty 202': { status: 202 },
  'a 204': { status: 204 },
};

export const BODIES: readonly Case[] = [
  ...(['legacy', 'modern'] as const).map((era): Case => ({
    title: `a body that breaks off while a control holds it is a JSON-RPC error, ${era}`,
    eras: [era],
    sets: READING,
    upstream: {
      answers: {
        'tools/call': {
          body: {
            ...RESPONSE,
            result: { content: [{ type: 'text', text: 'x'.repeat(50_000) }], resultType: 'complete' },
          },
          cutAfter: 20_000,
        },
      },
    },
    steps: [OPEN, callTool({ status: era === 'legacy' ? 200 : 502, error: -32603 })],
    seen: { 'tools/call': 1 },
  })),
  ...(['legacy', 'modern'] as const).flatMap((era) =>
    Object.entries(EMPTY).map(([what, answer]): Case => ({
      title: `${what} to a request is a JSON-RPC error where a control reads replies, ${era}`,
      eras: [era],
      sets: READING,
      upstream: { answers: { 'tools/call': answer } },
      steps: [OPEN, callTool({ status: era === 'legacy' ? 200 : 502, error: -32603 })],
      seen: { 'tools/call': 1 },
    })),
  ),
  ...Object.entries(EMPTY).map(([what, answer]): Case => ({
    title: `${what} to a request passes as it came where no control reads it`,
    sets: ['none'],
    upstream: { answers: { 'tools/call': answer } },
    steps: [OPEN, callTool({ status: answer.status ?? 200, asSent: true })],
  })),
  {
    title: 'JSON with a byte order mark is read',
    sets: READING,
    upstream: { answers: { 'tools/call': { body: `\uFEFF${TEXT}` } } },
    steps: [OPEN, callTool({ words: /RAN|byte order mark/ })],
    seen: { 'tools/call': 1 },
  },
  ...['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset="UTF-8"'].map((type): Case => ({
    title: `a JSON body may be declared as ${type}`,
    upstream: { answers: { 'tools/call': { headers: { 'Content-Type': type }, body: TEXT } } },
    steps: [OPEN, callTool({ result: 'RAN' })],
    seen: { 'tools/call': 1 },
  })),
  ...['text/event-stream; charset=utf-8', 'Text/Event-Stream', 'text/event-stream;charset=UTF-8'].map((type): Case => ({
    title: `an event stream may be declared as ${type}`,
    upstream: { answers: { 'tools/call': { headers: { 'Content-Type': type }, events: [RESPONSE] } } },
    steps: [OPEN, callTool({ words: /RAN/ })],
    seen: { 'tools/call': 1 },
  })),
  ...Object.entries({
    'an error of null next to the result': `{"jsonrpc":"2.0","id":$ID,"result":${JSON.stringify(RAN)},"error":null}`,
    'unknown members': `{"jsonrpc":"2.0","id":$ID,"result":${JSON.stringify(RAN)},"took":5,"server":"x"}`,
    'its id at the end': `{"jsonrpc":"2.0","result":${JSON.stringify(RAN)},"id":$ID}`,
    'white space around it': ` \r\n{"jsonrpc":"2.0","id":$ID,"result":${JSON.stringify(RAN)}}\n\n`,
  }).map(([what, text]): Case => ({
    title: `a response with ${what} passes`,
    upstream: { answers: { 'tools/call': { body: text } } },
    steps: [OPEN, callTool({ words: /RAN/, without: /-32603|-31409/ })],
    seen: { 'tools/call': 1 },
  })),
  {
    title: "a result with a failing HTTP status is the upstream's answer",
    sets: ['none', 'audit', 'looking'],
    upstream: { answers: { 'tools/call': { status: 500, body: TEXT } } },
    steps: [OPEN, callTool({ status: 500, asSent: true })],
    seen: { 'tools/call': 1 },
  },
];
