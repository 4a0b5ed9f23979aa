/** Servers that return an id in another JSON type (python-sdk #1720). */
import { type Answer, callTool, type Case, OPEN, RESPONSE } from '../case.ts';

const STRING = { ...RESPONSE, id: '$STRING_ID' };
const FORMS: Readonly<Record<string, Answer>> = {
  'a JSON body': { body: STRING },
  'an event stream': { events: [STRING] },
};

const FLOAT = `{"jsonrpc":"2.0","id":5.0,"result":${JSON.stringify(RESPONSE.result)}}`;

export const IDS: readonly Case[] = Object.entries(FORMS)
  .flatMap(([form, answer]): readonly Case[] => [
    {
      title: `a response whose id became a string is the request's own, in ${form}`,
      upstream: { answers: { 'tools/call': answer } },
      steps: [OPEN, callTool()],
      seen: { 'tools/call': 1 },
    },
    {
      title: `a response whose id became a string passes byte for byte, in ${form}`,
      sets: ['none', 'audit', 'looking', 'policy', 'validation'],
      upstream: { answers: { 'tools/call': answer } },
      steps: [OPEN, callTool({ asSent: true })],
      seen: { 'tools/call': 1 },
    },
  ])
  .concat([
    {
      title: "a response whose id gained a fraction is the request's own",
      upstream: { answers: { 'tools/call': [{ body: FLOAT }] } },
      steps: [OPEN, callTool()],
      seen: { 'tools/call': 1 },
    },
    {
      title: "a response whose id gained a fraction is the request's own, in an event stream",
      upstream: { answers: { 'tools/call': [{ events: [`data: ${FLOAT}\n\n`] }] } },
      steps: [OPEN, callTool()],
      seen: { 'tools/call': 1 },
    },
  ]);
