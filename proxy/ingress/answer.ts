/** Answers that are written in one piece: those of ingress itself. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Refused, toWire, type WireError } from '../call/wire.ts';
import { answerAndEnd } from './connection.ts';

export const JSON_TYPE = ['Content-Type', 'application/json'] as const;

export function answer(response: ServerResponse, status: number, headers: readonly string[], body: string): void {
  response.writeHead(status, [...headers, 'Content-Length', String(Buffer.byteLength(body))]);
  response.end(body);
}

/** Returns what the client got. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  refused: Refused,
): WireError {
  const wire = toWire(error, { ...refused, inLog: 'reported' });
  if (response.headersSent) {
    response.destroy();
    return wire;
  }
  if (request.complete) answer(response, wire.status, wire.headers, wire.body);
  else answerAndEnd(request, response, wire);
  return wire;
}
