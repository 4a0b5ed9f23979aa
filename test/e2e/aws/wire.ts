/** AWS's protocols on the wire: reads requests, and writes replies and errors, in Query/XML, JSON 1.1 and S3's REST. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request with its body, unchanged. */
export interface AwsRequest {
  readonly method: string;
  /** Undecoded path and query. */
  readonly target: string;
  /** Undecoded path. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** The answer of a service that refuses a request. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

export async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const target = incoming.url ?? '/';
  const [path = '/', search = ''] = target.split('?', 2);
  return {
    method: incoming.method ?? '',
    target,
    path,
    query: new URLSearchParams(search),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body: Buffer.concat(chunks),
  };
}

/** A value of a JSON body that must be text. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string')
    throw new AwsError('ValidationException', `${name}: expected a text, got ${JSON.stringify(value)}`);
  return value;
}

export function readJson(request: AwsRequest): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(request.body.toString('utf8') || '{}');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AwsError('SerializationException', 'expected a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Members of an object become elements, those of a list `<member>`s; undefined ones are left out. */
export function toXml(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((member) => `<member>${toXml(member)}</member>`).join('');
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return escapeXml(typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(value)
    .flatMap(([name, member]) => (member === undefined ? [] : [`<${name}>${toXml(member)}</${name}>`]))
    .join('');
}

export function sendXml(response: ServerResponse, status: number, body: string): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': bytes.length }).end(bytes);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'content-length': bytes.length, ...headers })
    .end(bytes);
}
