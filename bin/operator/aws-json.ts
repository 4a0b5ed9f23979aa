/**
 * One signed request to an AWS service with JSON 1.0 or 1.1 (DynamoDB, KMS), by the proxy's own signer: for the few
 * calls of the cleanup, whose SDK clients aren't installed.
 */
import { suffixOf } from '../../proxy/base/aws-hosts.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import type { Outgoing } from '../../proxy/upstream/auth/auth.ts';
import { iam } from '../../proxy/upstream/auth/iam.ts';
import { textAt } from './members.ts';

const LIMIT_MS = 15_000;

/** An error with the name that AWS gives it. */
class AwsJsonError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export interface AwsJsonCall {
  readonly service: 'dynamodb' | 'kms';
  readonly region: string;
  /** `DynamoDB_20120810.DeleteTable` */
  readonly target: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The reply's document. Throws {@link AwsJsonError}, or the connection's error. */
export async function awsJson({
  service,
  region,
  target,
  body,
}: AwsJsonCall): Promise<Readonly<Record<string, unknown>>> {
  const suffix = suffixOf(region) ?? 'amazonaws.com';
  const url = new URL(process.env['AWS_ENDPOINT_URL'] || `https://${service}.${region}.${suffix}`);
  const text = JSON.stringify(body);
  const request: Outgoing = {
    method: 'POST',
    host: url.host,
    path: '/',
    body: Buffer.from(text),
    headers: ['content-type', `application/x-amz-json-1.${service === 'dynamodb' ? 0 : 1}`, 'x-amz-target', target],
  };
  await iam({ region, service }).apply(request);
  const headers = request.headers.flatMap((name, i): [string, string][] =>
    i % 2 === 0 ? [[name, request.headers[i + 1] ?? '']] : [],
  );
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: text,
    redirect: 'manual',
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  const reply: unknown = await response.json().catch(() => ({}));
  if (response.ok) return isObject(reply) ? reply : {};
  const type = textAt(reply, '__type') ?? response.headers.get('x-amzn-errortype') ?? `HTTP ${response.status}`;
  throw new AwsJsonError(type.split('#').at(-1) ?? type, textAt(reply, 'message') ?? textAt(reply, 'Message') ?? '');
}
