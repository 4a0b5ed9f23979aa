/** Replies that are complete or not, but wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answering, type Fault } from '../fault.ts';
import { chunk, event, EVENTS, head, json, LAST_CHUNK, MARK, progress, response, textResult } from '../upstream.ts';

const UNKNOWN = 'whether the call was carried out is not known';
const JSON_TYPE = 'Content-Type: application/json';
const CHUNKED = 'Transfer-Encoding: chunked';
const REPORT = "report it to the upstream's owners";

const BAD_CHUNK = `502 error upstream-unreachable (-32603): the upstream's answer broke off after N bytes; ${UNKNOWN}`;

export const REPLIES: readonly Fault[] = [
  {
    name: 'truncated-json',
    happens: "the reply's JSON ends early",
    play: answering(({ id }, socket) => void socket.write(json(response(id, textResult(MARK)).slice(0, -5)))),
    gets: {
      passing: ['200 no JSON'],
      inspecting: ["502 error inspection-failed (-32603): the upstream's reply can't be inspected: …"],
    },
    logs: { passing: ['call unknown'], inspecting: ['call rpc-error inspection-failed'] },
    advice: REPORT,
  },
  {
    name: 'truncated-event',
    happens: 'an event stream ends within the answer',
    play: answering(({ id }, socket) => {
      const answer = event(response(id, textResult(MARK))).slice(0, -9);
      socket.write(EVENTS + chunk(event(progress(1))) + chunk(answer) + LAST_CHUNK);
    }),
    gets: {
      passing: ['200 no JSON'],
      inspecting: ["200 error inspection-failed (-32603): the upstream's reply can't be inspected: …"],
    },
    logs: { passing: ['call unknown'], inspecting: ['call rpc-error inspection-failed'] },
    advice: REPORT,
  },
  {
    name: 'stream-without-answer',
    happens: 'an event stream ends without the answer',
    play: answering((_, socket) => void socket.write(EVENTS + chunk(event(progress(1))) + LAST_CHUNK)),
    gets: {
      passing: ['200 no answer'],
      inspecting: [
        '200 error upstream-invalid (-32603): the upstream answered a request with HTTP 200 and no response in it: expected one of JSON-RPC',
      ],
    },
    logs: { passing: ['call unknown'], inspecting: ['call rpc-error upstream-invalid'] },
    advice: REPORT,
  },
  {
    name: 'empty-reply',
    happens: 'the reply is empty',
    play: answering((_, socket) => void socket.write(head(200, [JSON_TYPE, 'Content-Length: 0']))),
    gets: {
      passing: ['200 nothing'],
      inspecting: [
        '502 error upstream-invalid (-32603): the upstream answered a request with HTTP 200 and no response in it: expected one of JSON-RPC',
      ],
    },
    logs: { passing: ['call unknown'], inspecting: ['call rpc-error upstream-invalid'] },
    advice: REPORT,
  },
  {
    name: 'length-too-long',
    happens: '`Content-Length` is more than the upstream sends',
    play: answering(({ id }, socket) => {
      const body = response(id, textResult(MARK));
      socket.end(head(200, [JSON_TYPE, `Content-Length: ${body.length + 7}`]) + body);
    }),
    gets: {
      passing: ['200 cut'],
      inspecting: [
        `502 error upstream-unreachable (-32603): the upstream's answer broke off after N bytes of N; ${UNKNOWN}`,
      ],
    },
    logs: { passing: ['call cut'], inspecting: ['call rpc-error upstream-unreachable'] },
    advice: REPORT,
  },
  {
    name: 'length-too-short',
    happens: '`Content-Length` is less than the upstream sends',
    play: answering(({ id }, socket) => {
      const body = response(id, textResult(MARK));
      socket.write(head(200, [JSON_TYPE, `Content-Length: ${body.length - 7}`]) + body);
    }),
    gets: {
      passing: ['200 no JSON'],
      inspecting: ["502 error inspection-failed (-32603): the upstream's reply can't be inspected: …"],
    },
    logs: { passing: ['call unknown'], inspecting: ['call rpc-error inspection-failed'] },
    advice: REPORT,
  },
  {
    name: 'two-lengths',
    happens: 'the reply has two lengths, or a length and chunks',
    play: answering(({ id }, socket) => {
      const body = response(id, textResult(MARK));
      socket.write(head(200, [JSON_TYPE, `Content-Length: ${body.length}`, CHUNKED]) + chunk(body) + LAST_CHUNK);
    }),
    ...notHttp('expected a Content-Length or a Transfer-Encoding, got both'),
  },
  {
    name: 'bad-chunk-size',
    happens: 'the size of a chunk is not a number',
    play: answering(({ id }, socket) => {
      const body = response(id, textResult(MARK));
      socket.write(head(200, [JSON_TYPE, CHUNKED]) + chunk(body.slice(0, 9)) + `zz\r\n${body.slice(9)}\r\n`);
    }),
    gets: { passing: [`200 cut | ${BAD_CHUNK}`], inspecting: [BAD_CHUNK] },
    logs: {
      passing: ['call cut | call rpc-error upstream-unreachable'],
      inspecting: ['call rpc-error upstream-unreachable'],
    },
    advice: REPORT,
  },
  {
    name: 'no-http',
    happens: 'what answers does not speak HTTP',
    play: answering((_, socket) => void socket.write('SSH-2.0-OpenSSH_9.9\r\n')),
    ...notHttp('expected a status line of HTTP/1.1'),
  },
  {
    name: 'endless-head',
    happens: 'the headers of the reply never end',
    play: answering(async (_, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      while (!socket.destroyed) {
        if (!socket.write(`X-More: ${'v'.repeat(8_000)}\r\n`)) await sleep(1);
      }
    }),
    ...notHttp('expected at most N bytes of headers'),
  },
  {
    name: 'slow-bytes',
    happens: 'the reply comes byte by byte, for longer than any limit',
    limits: 'short',
    play: answering(async ({ id }, socket) => {
      const body = response(id, textResult(MARK));
      const whole = head(200, [JSON_TYPE, `Content-Length: ${body.length}`]) + body;
      for (const byte of whole) {
        socket.write(byte);
        await sleep(3_000 / whole.length);
      }
    }),
    gets: ['200 result'],
    logs: ['call ok'],
    advice: 'nothing: limits are for the head, and between two pieces',
  },
  {
    name: 'falls-silent',
    happens: 'the upstream stops in the middle of a reply',
    limits: 'short',
    play: answering(({ id }, socket) => {
      const body = response(id, textResult(MARK));
      socket.write(head(200, [JSON_TYPE, `Content-Length: ${body.length}`]) + body.slice(0, -9));
    }),
    gets: {
      passing: ['200 cut'],
      inspecting: [
        '504 error upstream-timeout (-32603): the upstream is slow: expected more of the reply within N ms, got none',
      ],
    },
    logs: {
      passing: ['call cut'],
      inspecting: [
        'call rpc-error upstream-timeout',
        'warn refused upstream-timeout: HOST: the upstream is slow: expected more of the reply within N ms, got none',
      ],
    },
    advice: 'find out why it stopped; `idleMs` is the limit',
  },
  {
    name: 'stream-falls-silent',
    happens: 'the upstream stops in the middle of an event stream',
    limits: 'short',
    play: answering((_, socket) => void socket.write(EVENTS + chunk(event(progress(1))))),
    gets: {
      passing: ['200 cut'],
      inspecting: [
        '200 error upstream-timeout (-32603): the upstream is slow: expected more of the reply within N ms, got none',
      ],
    },
    logs: {
      passing: ['call cut'],
      inspecting: [
        'call rpc-error upstream-timeout',
        'warn refused upstream-timeout: HOST: the upstream is slow: expected more of the reply within N ms, got none',
      ],
    },
    advice: 'find out why it stopped; `idleMs` is the limit',
  },
];

function notHttp(why: string): Pick<Fault, 'gets' | 'logs' | 'advice'> {
  const words = `the upstream's answer is not HTTP/1.1: ${why}; ${UNKNOWN}`;
  return {
    gets: [`502 error upstream-invalid (-32603): ${words}`],
    logs: ['call refused upstream-invalid', `warn refused upstream-invalid: HOST: ${words}`],
    advice: REPORT,
  };
}
