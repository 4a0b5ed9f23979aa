/** How a request is refused: before its body has arrived, after it, and after the headers of an answer were sent. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import { NOTHING_KNOWN, type Refused, type WireError } from '../../proxy/call/wire.ts';
import { answer, JSON_TYPE, refuse } from '../../proxy/ingress/answer.ts';
import { Lines } from '../dispatch/lines.ts';
import { type Connection, connect, request, USUAL } from '../support/raw.ts';

/** A server on a connection of which `use` sends what it likes. */
async function serve(handle: RequestListener, use: (connection: Connection) => Promise<void>): Promise<void> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using connection = await connect((server.address() as AddressInfo).port);
  await use(connection);
  server.closeAllConnections();
  server.close();
}

/** Refuses a request, and returns what was said. If that neither answers nor cuts, the connection ends, and it is empty. */
function refused(received: IncomingMessage, response: ServerResponse, known: Refused = NOTHING_KNOWN): WireError[] {
  const begun = response.headersSent;
  try {
    const wire = refuse(received, response, new Denied('no'), known);
    if (begun ? response.destroyed : response.headersSent) return [wire];
  } catch {}
  response.destroy();
  return [];
}

const whole = request('POST', '/', [...USUAL], '{}');

test('an answer has the length of its bytes', () =>
  serve(
    (_, response) => {
      answer(response, 418, [...JSON_TYPE, 'X-A', 'b'], '{"a":"é"}');
      if (!response.writableEnded) response.destroy();
    },
    async (connection) => {
      connection.send(whole);
      const reply = await connection.reply();
      expect([reply.status, reply.header('content-type'), reply.header('x-a'), reply.header('content-length')]).toEqual(
        [418, 'application/json', 'b', '10'],
      );
      expect(reply.text).toBe('{"a":"é"}');
    },
  ));

test('a refusal of a whole request leaves the connection open', async () => {
  const wires: WireError[] = [];
  await serve(
    (received, response) => received.resume().on('end', () => wires.push(...refused(received, response))),
    async (connection) => {
      for (let i = 0; i < 2; i++) {
        connection.send(whole);
        const reply = await connection.reply();
        expect([reply.status, reply.header('connection')]).toEqual([wires[i]?.status, 'keep-alive']);
        expect(reply.text).toBe(wires[i]?.body);
        expect(reply.json().error?.message).toBe('no');
      }
    },
  );
});

test('a refusal before the whole request has arrived ends the connection', () =>
  serve(
    (received, response) => void refused(received, response),
    async (connection) => {
      connection.send(request('POST', '/', [...USUAL, 'Content-Length: 100'], '{'));
      const reply = await connection.reply();
      expect(reply.header('connection')).toBe('close');
      expect(reply.json().error?.message).toBe('no');
      await connection.closed;
    },
  ));

test('a refusal after the headers of an answer cuts it', async () => {
  const wires: WireError[] = [];
  await serve(
    (received, response) => {
      response.writeHead(200, ['Content-Length', '10']);
      response.write('half', () => wires.push(...refused(received, response)));
    },
    async (connection) => {
      connection.send(whole);
      const reply = await connection.reply();
      expect([reply.status, reply.text, reply.complete]).toEqual([200, 'half', false]);
      await connection.closed;
      expect(wires[0]?.body).toContain('no');
    },
  );
});

test("a refusal has the request's id, and its line in the log is left to what refused it", async () => {
  const lines = new Lines();
  lines.start();
  await serve(
    (received, response) =>
      received.resume().on('end', () => void refused(received, response, { ...NOTHING_KNOWN, id: '7' })),
    async (connection) => {
      connection.send(whole);
      expect((await connection.reply()).json().id).toBe(7);
    },
  ).finally(() => lines.stop());
  expect(lines.all).toEqual([]);
});
