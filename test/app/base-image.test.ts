/** `npm run base-image`: looks up in its registry which image a tag names now. */
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, parseImage } from '../../bin/registry/digest.ts';
import { inOwnProcess } from '../support/commands.ts';
import { type Loopback, startLoopback } from '../support/loopback.ts';

const DIGEST = `sha256:${'5'.repeat(64)}`;

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
}

let registry: Loopback | undefined;
afterEach(async () => {
  await registry?.[Symbol.asyncDispose]();
  registry = undefined;
});

/** A registry that answers a manifest's HEAD. With `token`, it requires a token from where its challenge says. */
async function startRegistry({
  token,
  challenge,
  status = 200,
  digest = DIGEST,
}: {
  readonly token?: string;
  readonly challenge?: string;
  readonly status?: number;
  readonly digest?: string;
}): Promise<{ readonly name: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  registry = await startLoopback((request, response) => {
    const { method, url = '', headers } = request;
    asked.push({ method, url, authorization: headers.authorization, accept: headers.accept });
    if (url.startsWith('/token/'))
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify({ token }));
    if (token !== undefined && headers.authorization !== `Bearer ${token}`)
      return void response
        .writeHead(401, {
          'www-authenticate':
            challenge ??
            `Bearer realm="${registry?.url}/token/",service="public.ecr.aws",scope="repository:docker/library/node:pull"`,
        })
        .end();
    response.writeHead(status, digest === '' ? {} : { 'docker-content-digest': digest }).end();
  });
  return { name: `${new URL(registry.url).host}/docker/library/node:26-trixie-slim`, asked };
}

describe('the digest', () => {
  it('is that of the manifest list, requested without its content', async () => {
    const { name, asked } = await startRegistry({});
    expect(await digestOf(name)).toBe(DIGEST);
    expect(asked).toMatchObject([
      {
        method: 'HEAD',
        url: '/v2/docker/library/node/manifests/26-trixie-slim',
        authorization: undefined,
        accept: expect.stringMatching(/^application\/vnd\.oci\.image\.index/) as unknown,
      },
    ]);
  });

  it('is fetched with an anonymous token if the registry requires one', async () => {
    const { name, asked } = await startRegistry({ token: 'anonymous' });
    expect(await digestOf(name)).toBe(DIGEST);
    expect(asked.map(({ url }) => url)).toEqual([
      '/v2/docker/library/node/manifests/26-trixie-slim',
      '/token/?service=public.ecr.aws&scope=repository%3Adocker%2Flibrary%2Fnode%3Apull',
      '/v2/docker/library/node/manifests/26-trixie-slim',
    ]);
  });

  it.each([
    ['an image that does not exist', { status: 404 }, /got HTTP 404$/],
    [
      'a registry that requires credentials',
      { token: 'x', challenge: 'Basic realm="registry"' },
      /expected a Bearer challenge with an https realm, got "Basic realm=/,
    ],
    [
      'a token service without TLS',
      { token: 'x', challenge: 'Bearer realm="http://tokens.example.com/"' },
      /expected a Bearer challenge with an https realm/,
    ],
    ['an answer without a digest', { digest: '' }, /expected a Docker-Content-Digest of sha256 from .*, got none/],
    ['an invalid digest', { digest: 'latest' }, /expected a Docker-Content-Digest of sha256 from .*, got latest/],
  ])('causes an error for %s', async (_, behaviour, words) => {
    const { name } = await startRegistry(behaviour);
    await expect(digestOf(name)).rejects.toThrow(words);
  });

  it('causes an error if no registry answers', async () => {
    await expect(digestOf('127.0.0.1:9/node:26')).rejects.toThrow(/127\.0\.0\.1:9 can't be reached/);
  });
});

describe('the name of an image is read as builders read it', () => {
  it.each([
    [
      'public.ecr.aws/docker/library/node:26-trixie-slim',
      { registry: 'public.ecr.aws', repository: 'docker/library/node', tag: '26-trixie-slim' },
    ],
    ['localhost:5000/node', { registry: 'localhost:5000', repository: 'node', tag: 'latest' }],
    ['node:26', { registry: 'registry-1.docker.io', repository: 'library/node', tag: '26' }],
    ['docker.io/acme/node', { registry: 'registry-1.docker.io', repository: 'acme/node', tag: 'latest' }],
  ])('%s', (name, expected) => {
    expect(parseImage(name)).toEqual(expected);
  });

  it.each(['', 'Node:26', 'node:', 'public.ecr.aws/', `node@${DIGEST}`])('%j is not a name', (name) => {
    expect(() => parseImage(name)).toThrow(/expected the name of an image with a tag/);
  });
});

describe('the command', () => {
  const run = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
    const { code, stdout, stderr } = await inOwnProcess('bin/base-image.ts', args);
    return { code, out: stdout, err: stderr };
  };

  it('prints only the digest of the given image', async () => {
    const { name } = await startRegistry({});
    expect(await run('--image', name)).toEqual({ code: 0, out: `${DIGEST}\n`, err: '' });
  });

  it('prints nothing and fails if the registry did not answer with one', async () => {
    const { name } = await startRegistry({ status: 500 });
    expect(await run('--image', name)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/got HTTP 500/) as unknown,
    });
    expect(await run('--imag', name)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/usage: npm run -s base-image/) as unknown,
    });
  });
});
