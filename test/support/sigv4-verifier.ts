/**
 * The receiving end of Signature Version 4, written from AWS's description of how a service checks a request, and
 * sharing no code with the proxy's signer: what one of them misunderstands, the other should not.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';

export interface ReceivedRequest {
  readonly method: string;
  /** The request target as received, undecoded. */
  readonly target: string;
  /** Flat names and values in the order received, like `IncomingMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface VerifierRules {
  readonly region: string;
  readonly service: string;
  /** The secret access key for an access key id and session token; undefined if there are no such credentials. */
  readonly secretFor: (accessKeyId: string, sessionToken: string | undefined) => string | undefined;
  /**
   * S3 signs the path as it is sent, and accepts a body whose hash is declared as not part of the signature.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html @default false
   */
  readonly s3?: boolean;
  /** The service's clock in epoch milliseconds. */
  readonly clock?: () => number;
}

export type Verdict =
  | { readonly accepted: true; readonly accessKeyId: string; readonly signedHeaders: readonly string[] }
  | { readonly accepted: false; readonly error: VerifierError; readonly reason: string };

/** The names that AWS's JSON services put into `x-amzn-errortype`. */
export type VerifierError =
  | 'MissingAuthenticationTokenException'
  | 'IncompleteSignatureException'
  | 'UnrecognizedClientException'
  | 'InvalidSignatureException';

const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000;
const UNSIGNED_PAYLOADS = ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'];

export function verifySigV4(request: ReceivedRequest, rules: VerifierRules): Verdict {
  const headers = collect(request.rawHeaders);
  const only = (name: string): string | undefined =>
    headers.get(name)?.length === 1 ? headers.get(name)?.[0] : undefined;
  const reject = (error: VerifierError, reason: string): Verdict => ({ accepted: false, error, reason });

  const authorization = only('authorization');
  if (authorization === undefined)
    return reject('MissingAuthenticationTokenException', 'expected exactly one Authorization header');
  const [algorithm, ...rest] = authorization.split(' ');
  const fields = new Map(
    rest
      .join('')
      .split(',')
      .map((field): [string, string] => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  );
  const credential = fields.get('Credential');
  const signedHeaderList = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (
    algorithm !== 'AWS4-HMAC-SHA256' ||
    credential === undefined ||
    signedHeaderList === undefined ||
    !/^[0-9a-f]{64}$/.test(signature ?? '')
  ) {
    return reject('IncompleteSignatureException', 'malformed Authorization header');
  }

  const [accessKeyId = '', date = '', region, service, terminator, ...more] = credential.split('/');
  if (region !== rules.region || service !== rules.service || terminator !== 'aws4_request' || more.length > 0) {
    return reject(
      'InvalidSignatureException',
      `credential scope is for ${region}/${service}, expected ${rules.region}/${rules.service}`,
    );
  }

  const amzDate = only('x-amz-date') ?? '';
  const sentAt = parseAmzDate(amzDate);
  if (sentAt === undefined || amzDate.slice(0, 8) !== date)
    return reject('IncompleteSignatureException', 'x-amz-date is missing, malformed or not of the day in the scope');
  const now = rules.clock?.() ?? Date.now();
  if (now - sentAt > MAX_CLOCK_DIFFERENCE_MS)
    return reject('InvalidSignatureException', `signature expired: ${amzDate}`);
  if (sentAt - now > MAX_CLOCK_DIFFERENCE_MS)
    return reject('InvalidSignatureException', `signature not yet current: ${amzDate}`);

  const signedHeaders = signedHeaderList.split(';');
  if (new Set(signedHeaders).size !== signedHeaders.length || signedHeaders.toSorted().join(';') !== signedHeaderList)
    return reject('IncompleteSignatureException', 'SignedHeaders are not sorted');
  const mustBeSigned = [
    'host',
    ...[...headers.keys()].filter((name) => name.startsWith('x-amz-') || name === 'content-type'),
  ];
  const unsigned = mustBeSigned.find((name) => !signedHeaders.includes(name));
  if (unsigned !== undefined) return reject('InvalidSignatureException', `header ${unsigned} must be signed`);
  const absent = signedHeaders.find((name) => !headers.has(name));
  if (absent !== undefined) return reject('InvalidSignatureException', `header ${absent} is signed but was not sent`);

  const declared = only('x-amz-content-sha256');
  const unsignedBody = rules.s3 === true && declared !== undefined && UNSIGNED_PAYLOADS.includes(declared);
  const bodyHash = unsignedBody ? declared : createHash('sha256').update(request.body).digest('hex');
  if (declared !== undefined && declared !== bodyHash)
    return reject('InvalidSignatureException', 'x-amz-content-sha256 is not the hash of the body');

  const secret = rules.secretFor(accessKeyId, only('x-amz-security-token'));
  if (secret === undefined)
    return reject('UnrecognizedClientException', 'the security token included in the request is invalid');

  const canonical = [
    request.method,
    rules.s3 === true ? (request.target.split('?', 1)[0] ?? '') : canonicalPath(request.target),
    canonicalParameters(request.target),
    ...signedHeaders.map((name) => `${name}:${(headers.get(name) ?? []).map(collapse).join(',')}`),
    '',
    signedHeaderList,
    bodyHash,
  ].join('\n');
  const canonicalHash = createHash('sha256').update(canonical, 'utf8').digest('hex');
  const stringToSign = ['AWS4-HMAC-SHA256', amzDate, `${date}/${region}/${service}/aws4_request`, canonicalHash].join(
    '\n',
  );
  let key = Buffer.from(`AWS4${secret}`, 'utf8');
  for (const part of [date, region, service, 'aws4_request'])
    key = createHmac('sha256', key).update(part, 'utf8').digest();
  const expected = createHmac('sha256', key).update(stringToSign, 'utf8').digest();
  if (!timingSafeEqual(expected, Buffer.from(signature ?? '', 'hex')))
    return reject('InvalidSignatureException', 'the signature does not match');
  return { accepted: true, accessKeyId, signedHeaders };
}

function collect(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[i + 1] ?? '']);
  }
  return headers;
}

function collapse(value: string): string {
  return value
    .split(' ')
    .filter((word) => word !== '')
    .join(' ');
}

function parseAmzDate(text: string): number | undefined {
  const iso = /^\d{8}T\d{6}Z$/.test(text) ? text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z') : '';
  const time = Date.parse(iso);
  return Number.isNaN(time) ? undefined : time;
}

/** RFC 3986 §5.2.4 without empty segments, then each segment percent-encoded, whatever encoding it already has. */
function canonicalPath(target: string): string {
  const [path = ''] = target.split('?', 1);
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const directory = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.map((segment) => percentEncode(Buffer.from(segment))).join('/')}${directory}`;
}

function canonicalParameters(target: string): string {
  if (!target.includes('?')) return '';
  // URLSearchParams decodes as services do: percent-encoding, and plus as space.
  const parameters = [...new URLSearchParams(target.slice(target.indexOf('?') + 1))];
  return parameters
    .map(([name, value]) => [percentEncode(Buffer.from(name)), percentEncode(Buffer.from(value))])
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.join('\0')), Buffer.from(b.join('\0'))))
    .map((pair) => pair.join('='))
    .join('&');
}

function percentEncode(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    text += /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}

export interface VerifyingServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly verdicts: readonly Verdict[];
}

/**
 * A service on loopback that checks every request. It answers accepted requests with `answer`, and refuses others as
 * AWS's JSON services do. `tamper` changes a request on its way in, as an attacker in between would.
 */
export async function startVerifyingServer(
  rules: VerifierRules,
  answer: (request: ReceivedRequest) => { readonly status?: number; readonly body: unknown } = () => ({
    body: { ok: true },
  }),
  tamper: (request: ReceivedRequest) => ReceivedRequest = (request) => request,
): Promise<VerifyingServer> {
  const verdicts: Verdict[] = [];
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = tamper({
        method: incoming.method ?? '',
        target: incoming.url ?? '',
        rawHeaders: incoming.rawHeaders,
        body: Buffer.concat(chunks),
      });
      const verdict = verifySigV4(request, rules);
      verdicts.push(verdict);
      const { status = 200, body } = verdict.accepted
        ? answer(request)
        : { status: 403, body: { message: verdict.reason } };
      const type = verdict.accepted ? {} : { 'x-amzn-errortype': verdict.error };
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...type }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}`,
    host,
    verdicts,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
