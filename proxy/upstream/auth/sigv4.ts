/**
 * AWS Signature Version 4 in the `Authorization` header, as every service except S3 expects it.
 * Source: IAM User Guide, "Create a signed AWS API request".
 * Left out because this proxy never sends them: presigned URLs, chunked payloads, SigV4A, S3's once-encoded paths.
 */
import { createHmac, hash } from 'node:crypto';
import type { Outgoing } from './auth.ts';
import { type CanonicalHeaders, canonicalHeaders, HeaderReader, order } from './canonical-headers.ts';
import { HmacSha256 } from './hmac-sha256.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const EMPTY_BODY_HASH = hash('sha256', '', 'hex');

/** The keys to sign with. Temporary credentials have a session token, which is sent and signed. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The parts of a request to sign. Every listed header is signed, so `host` and `x-amz-date` must be among them. */
export interface Signable {
  readonly method: string;
  /** Path and query as on the request line. */
  readonly path: string;
  /** Names in lower case, in any order; a name may occur more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Lower-case hex SHA-256 of the body. */
  readonly bodyHash: string;
}

export interface CanonicalRequest {
  readonly text: string;
  readonly signedHeaders: string;
}

export interface Signer {
  /** The value of the `Authorization` header for this canonical request. `amzDate` is `YYYYMMDDTHHMMSSZ`. */
  authorization(request: CanonicalRequest, credentials: SigningCredentials, amzDate: string): string;
  /**
   * Appends `x-amz-date`, `x-amz-content-sha256`, the session token and `authorization`. `now` in epoch milliseconds.
   */
  sign(request: Outgoing, credentials: SigningCredentials, now: number): void;
}

/**
 * Makes a signer for one region and service. It caches the day's signing key (four HMACs) and the last path's canonical
 * form: one entry each, since an upstream has one URL and its credentials change every few hours.
 */
export function createSigner({ region, service }: { readonly region: string; readonly service: string }): Signer {
  let keyDate = '';
  let keySecret = '';
  let key = new HmacSha256(Buffer.alloc(0));
  const reader = new HeaderReader();
  let second = -1;
  let secondText = '';
  let target: { readonly path: string; readonly canonical: string } | undefined;

  function signingKey(secret: string, date: string): HmacSha256 {
    if (date !== keyDate || secret !== keySecret) {
      key = new HmacSha256([date, region, service, 'aws4_request'].reduce(hmac, Buffer.from(`AWS4${secret}`)));
      keyDate = date;
      keySecret = secret;
    }
    return key;
  }

  function authorization(request: CanonicalRequest, credentials: SigningCredentials, amzDate: string): string {
    const date = amzDate.slice(0, 8);
    const scope = `${date}/${region}/${service}/aws4_request`;
    const stringToSign = `${ALGORITHM}\n${amzDate}\n${scope}\n${hash('sha256', request.text, 'hex')}`;
    const signature = signingKey(credentials.secretAccessKey, date).hex(stringToSign);
    return `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${request.signedHeaders}, Signature=${signature}`;
  }

  function sign(request: Outgoing, credentials: SigningCredentials, now: number): void {
    if (Math.floor(now / 1000) !== second) {
      second = Math.floor(now / 1000);
      secondText = amzDateOf(now);
    }
    if (request.path !== target?.path) target = { path: request.path, canonical: canonicalTarget(request.path) };
    const bodyHash = request.body === undefined ? EMPTY_BODY_HASH : hash('sha256', request.body, 'hex');

    const { headers } = request;
    dropEarlierSignature(headers);
    // Only S3 requires x-amz-content-sha256. AWS's JavaScript SDK sends it to AgentCore too, and with it any hop can see
    // that a body was changed.
    headers.push('x-amz-date', secondText, 'x-amz-content-sha256', bodyHash);
    if (credentials.sessionToken !== undefined) headers.push('x-amz-security-token', credentials.sessionToken);

    const canonical = canonicalFrom(request.method, target.canonical, reader.read(request.host, headers), bodyHash);
    headers.push('authorization', authorization(canonical, credentials, secondText));
  }

  return { authorization, sign };
}

/** Step 1 of the specification. Exported for the published test vectors. */
export function canonicalRequest({ method, path, headers, bodyHash }: Signable): CanonicalRequest {
  return canonicalFrom(method, canonicalTarget(path), canonicalHeaders([...headers]), bodyHash);
}

/** Epoch milliseconds as `YYYYMMDDTHHMMSSZ`. */
export function amzDateOf(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function canonicalFrom(
  method: string,
  target: string,
  { lines, signedHeaders }: CanonicalHeaders,
  bodyHash: string,
): CanonicalRequest {
  return { text: `${method}\n${target}\n${lines}\n\n${signedHeaders}\n${bodyHash}`, signedHeaders };
}

/** The canonical URI and the canonical query string, on a line each. */
function canonicalTarget(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0
    ? `${canonicalUri(path)}\n`
    : `${canonicalUri(path.slice(0, mark))}\n${canonicalQuery(path.slice(mark + 1))}`;
}

/**
 * The path as it is sent, without empty and dot segments, encoded once more: an ARN that is `arn%3Aaws` on the request
 * line is `arn%253Aaws` here. (A trailing `/.` or `/..` leaves no slash, as in AWS's SDKs; a parsed URL never has one.)
 */
function canonicalUri(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncode(segment));
  }
  return segments.length > 0 && path.endsWith('/') ? `/${segments.join('/')}/` : `/${segments.join('/')}`;
}

/** Parameters decoded and encoded again, so that the URL's own spelling doesn't matter, then sorted by name and value. */
function canonicalQuery(query: string): string {
  const parameters: [string, string][] = [];
  for (const parameter of query.split('&')) {
    if (parameter === '') continue;
    const equals = parameter.indexOf('=');
    const name = equals < 0 ? parameter : parameter.slice(0, equals);
    const value = equals < 0 ? '' : parameter.slice(equals + 1);
    parameters.push([uriEncode(uriDecode(name)), uriEncode(uriDecode(value))]);
  }
  parameters.sort(([a, x], [b, y]) => order(a, b) || order(x, y));
  return parameters.map(([name, value]) => `${name}=${value}`).join('&');
}

/** RFC 3986 §2.3: encodes all but unreserved characters, in upper-case hex. `encodeURIComponent` leaves five more as they are. */
function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Services parse queries as forms, so `+` is a space. Invalid percent-encoding is taken literally. */
function uriDecode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** A retry may reuse the list of its first attempt, and a caller must not smuggle in a signature or a token. */
function dropEarlierSignature(headers: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    const name = headers[i];
    if (
      name === 'authorization' ||
      name === 'x-amz-date' ||
      name === 'x-amz-content-sha256' ||
      name === 'x-amz-security-token'
    ) {
      headers.splice(i, 2);
    }
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
