/** The registry's own protocol (OCI distribution, `/v2`), which podman and docker use to push and pull. */
import { createHash, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Account } from './account.ts';
import { REGISTRY_USER } from './json-services.ts';
import type { AwsRequest } from './wire.ts';

/** Uploads in progress, by their id. */
export type Uploads = Map<string, Buffer[]>;

type Headers = Readonly<Record<string, string | number>>;

export function answerRegistry(
  account: Account,
  uploads: Uploads,
  request: AwsRequest,
  response: ServerResponse,
): void {
  const { method, path, body } = request;
  const answer = (status: number, headers: Headers = {}, content?: Buffer | string): void => {
    response.writeHead(status, {
      'docker-distribution-api-version': 'registry/2.0',
      'content-length': content === undefined ? 0 : Buffer.byteLength(content),
      ...headers,
    });
    response.end(method === 'HEAD' ? undefined : content);
  };
  const refuse = (status: number, code: string): void =>
    answer(status, { 'content-type': 'application/json' }, JSON.stringify({ errors: [{ code }] }));

  const expected = `Basic ${Buffer.from(`${REGISTRY_USER}:${account.registryPassword}`).toString('base64')}`;
  if (request.headers.authorization !== expected)
    return answer(401, { 'www-authenticate': 'Basic realm="registry"' }, '{"errors":[{"code":"UNAUTHORIZED"}]}');
  if (path === '/v2/' || path === '/v2') return answer(200, {}, '{}');

  const [, name = '', kind, rest = ''] = /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/?(.*)$/.exec(path) ?? [];
  const repository = account.repositories.get(name);
  if (repository === undefined) return refuse(404, 'NAME_UNKNOWN');

  if (kind === 'blobs/uploads' && method === 'POST') {
    const id = randomUUID();
    uploads.set(id, []);
    return answer(202, { location: `/v2/${name}/blobs/uploads/${id}`, 'docker-upload-uuid': id, range: '0-0' });
  }
  if (kind === 'blobs/uploads') {
    const parts = uploads.get(rest);
    if (parts === undefined) return refuse(404, 'BLOB_UPLOAD_UNKNOWN');
    if (body.length > 0) parts.push(body);
    if (method === 'PATCH') {
      const received = parts.reduce((sum, { length }) => sum + length, 0);
      return answer(202, {
        location: `/v2/${name}/blobs/uploads/${rest}`,
        range: `0-${Math.max(0, received - 1)}`,
        'docker-upload-uuid': rest,
      });
    }
    if (method !== 'PUT') return refuse(405, 'UNSUPPORTED');
    const blob = Buffer.concat(parts);
    const digest = digestOf(blob);
    if (digest !== request.query.get('digest')) return refuse(400, 'DIGEST_INVALID');
    account.blobs.set(digest, blob);
    uploads.delete(rest);
    return answer(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  }
  if (kind === 'blobs' && (method === 'GET' || method === 'HEAD')) {
    const blob = account.blobs.get(rest);
    if (blob === undefined) return refuse(404, 'BLOB_UNKNOWN');
    return answer(
      200,
      { 'content-length': blob.length, 'content-type': 'application/octet-stream', 'docker-content-digest': rest },
      blob,
    );
  }
  if (kind === 'manifests' && method === 'PUT') {
    const digest = digestOf(body);
    if (rest.startsWith('sha256:') && rest !== digest) return refuse(400, 'DIGEST_INVALID');
    const missing = [...body.toString('utf8').matchAll(/"digest"\s*:\s*"(sha256:[0-9a-f]{64})"/g)].some(
      ([, found = '']) => !account.blobs.has(found) && !repository.manifests.has(found),
    );
    if (missing) return refuse(400, 'MANIFEST_BLOB_UNKNOWN');
    repository.manifests.set(digest, { body, type: request.headers['content-type'] ?? '' });
    if (!rest.startsWith('sha256:')) repository.tags.set(rest, digest);
    return answer(201, { 'docker-content-digest': digest, location: `/v2/${name}/manifests/${digest}` });
  }
  if (kind === 'manifests' && (method === 'GET' || method === 'HEAD')) {
    const digest = rest.startsWith('sha256:') ? rest : repository.tags.get(rest);
    const manifest = digest === undefined ? undefined : repository.manifests.get(digest);
    if (digest === undefined || manifest === undefined) return refuse(404, 'MANIFEST_UNKNOWN');
    return answer(
      200,
      { 'content-type': manifest.type, 'content-length': manifest.body.length, 'docker-content-digest': digest },
      manifest.body,
    );
  }
  refuse(405, 'UNSUPPORTED');
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
