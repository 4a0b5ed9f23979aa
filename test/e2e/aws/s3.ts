/** S3, the part that assets need: put, find and fetch objects, in path style. */
import type { ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import { AwsError, type AwsRequest, escapeXml, sendXml } from './wire.ts';

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

export function answerS3(account: Account, request: AwsRequest, response: ServerResponse): void {
  const [, name = '', ...rest] = request.path.split('/').map(decodeURIComponent);
  const key = rest.join('/');
  const bucket = account.buckets.get(name);
  if (bucket === undefined) throw new AwsError('NoSuchBucket', `bucket ${name} does not exist`, 404);
  const asked = [...request.query.keys()].find((parameter) =>
    ['location', 'encryption', 'list-type', 'versioning', 'acl', 'policy', 'delete'].includes(parameter),
  );
  const operation = `${request.method} ${key === '' ? 'bucket' : 'object'}${asked === undefined ? '' : ` ${asked}`}`;
  switch (operation) {
    case 'GET bucket location':
      return sendXml(
        response,
        200,
        `<LocationConstraint ${NAMESPACE}>${account.region === 'us-east-1' ? '' : account.region}</LocationConstraint>`,
      );
    case 'GET bucket encryption':
      return sendXml(
        response,
        200,
        `<ServerSideEncryptionConfiguration ${NAMESPACE}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
      );
    case 'GET bucket list-type':
      return sendXml(response, 200, listing(name, bucket, request.query.get('prefix') ?? ''));
    case 'PUT object':
      bucket.set(key, contentOf(request));
      return void response.writeHead(200, { etag: '"stored"', 'content-length': 0 }).end();
    case 'HEAD object':
    case 'GET object': {
      const object = bucket.get(key);
      if (object === undefined) throw new AwsError('NoSuchKey', `${key} does not exist`, 404);
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': object.length });
      return void response.end(request.method === 'HEAD' ? undefined : object);
    }
    default:
      throw new AwsError('NotImplemented', `s3: ${operation} (${request.target}) is not known here`, 501);
  }
}

function listing(name: string, bucket: ReadonlyMap<string, Buffer>, prefix: string): string {
  const keys = [...bucket.keys()].filter((key) => key.startsWith(prefix));
  const contents = keys.map(
    (key) =>
      `<Contents><Key>${escapeXml(key)}</Key><Size>${bucket.get(key)?.length ?? 0}</Size><LastModified>${new Date().toISOString()}</LastModified></Contents>`,
  );
  return `<ListBucketResult ${NAMESPACE}><Name>${name}</Name><Prefix>${escapeXml(prefix)}</Prefix><KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
}

/** `aws-chunked` bodies have their content in chunks, followed by a checksum. */
function contentOf({ headers, body }: AwsRequest): Buffer {
  if (headers['content-encoding']?.includes('aws-chunked') !== true) return body;
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (end < 0 || Number.isNaN(size)) throw new AwsError('InvalidRequest', 'malformed aws-chunked body');
    if (size === 0) break;
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  const content = Buffer.concat(chunks);
  const declared = headers['x-amz-decoded-content-length'];
  if (typeof declared === 'string' && Number(declared) !== content.length)
    throw new AwsError('IncompleteBody', `expected ${declared} bytes, got ${content.length}`);
  return content;
}

/** The object at a URL in path style or with the bucket in its host. */
export function demandObject(account: Account, url: string): Buffer {
  const { hostname, pathname } = new URL(url);
  const [, virtual] = /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com$/.exec(hostname) ?? [];
  const path = decodeURIComponent(pathname).slice(1);
  const [bucket, key] =
    virtual === undefined ? [path.slice(0, path.indexOf('/')), path.slice(path.indexOf('/') + 1)] : [virtual, path];
  const object = account.buckets.get(bucket)?.get(key);
  if (object === undefined) throw new AwsError('ValidationError', `S3 error: ${url} does not exist`);
  return object;
}
