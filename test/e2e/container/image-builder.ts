/**
 * What `CDK_DOCKER` is where there is no container engine: it accepts the few commands that the CDK CLI uses, and pushes
 * an image of the Dockerfile's own layers, without the base beneath them. It knows ARG, FROM, WORKDIR, COPY, USER,
 * EXPOSE, ENTRYPOINT and HEALTHCHECK, and refuses everything else: a Dockerfile that runs something can't be built like
 * this.
 *
 *     image-builder.ts build --tag NAME --platform linux/arm64 .        in the image's context
 *     image-builder.ts tag NAME OTHER · push OTHER · login … · inspect NAME
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { tarOf } from './tar.ts';

const [command = '', ...rest] = process.argv.slice(2);
/** The folder for what it built and its login. */
const store = process.env['E2E_IMAGES'] ?? '';
mkdirSync(store, { recursive: true });
const fileOf = (image: string): string => join(store, `${createHash('sha256').update(image).digest('hex')}.json`);

interface Built {
  readonly config: string;
  /** gzipped tar, base64 */
  readonly layer: string;
}

switch (command) {
  case 'login':
    writeFileSync(join(store, 'login'), await text(process.stdin));
    break;
  case 'inspect':
    process.exitCode = existsSync(fileOf(rest.at(-1) ?? '')) ? 0 : 1;
    break;
  case 'build': {
    const { values } = parseArgs({
      args: rest,
      options: { tag: { type: 'string' }, platform: { type: 'string' }, file: { type: 'string' } },
      allowPositionals: true,
    });
    writeFileSync(
      fileOf(values.tag ?? ''),
      JSON.stringify(build(readFileSync(values.file ?? 'Dockerfile', 'utf8'), values.platform ?? '')),
    );
    break;
  }
  case 'tag':
    writeFileSync(fileOf(rest[1] ?? ''), readFileSync(fileOf(rest[0] ?? '')));
    break;
  case 'push':
    await push(rest.at(-1) ?? '');
    break;
  default:
    throw new Error(`image-builder: ${command} is not known here`);
}

function build(dockerfile: string, platform: string): Built {
  const [os, architecture] = platform.split('/');
  if (os !== 'linux' || architecture !== 'arm64')
    throw new Error(`image-builder: expected --platform linux/arm64, got ${platform}`);
  const settings: Record<string, unknown> = {};
  let workdir = '/';
  let layer: Buffer = Buffer.alloc(0);
  for (const line of dockerfile.split('\n')) {
    const [, instruction, value = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    switch (instruction) {
      case undefined:
        if (line.trim() !== '' && !line.startsWith('#'))
          throw new Error(`image-builder: expected an instruction, got ${line}`);
        break;
      case 'ARG':
      case 'FROM':
      case 'HEALTHCHECK':
        break;
      case 'WORKDIR':
        workdir = value;
        settings['WorkingDir'] = value;
        break;
      case 'COPY': {
        const [from = '', to = ''] = value.split(/\s+/);
        layer = tarOf(from, join(workdir, to));
        break;
      }
      case 'USER':
        settings['User'] = value;
        break;
      case 'EXPOSE':
        settings['ExposedPorts'] = { [`${value}/tcp`]: {} };
        break;
      case 'ENTRYPOINT':
        settings['Entrypoint'] = JSON.parse(value);
        break;
      default:
        throw new Error(`image-builder: ${instruction} is not known here`);
    }
  }
  const config = {
    architecture,
    os,
    config: settings,
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    history: [],
  };
  return { config: JSON.stringify(config), layer: gzipSync(layer).toString('base64') };
}

async function push(image: string): Promise<void> {
  const [, registry = '', repository = '', tag = ''] = /^([^/]+)\/(.+):([^:]+)$/.exec(image) ?? [];
  const { config, layer } = JSON.parse(readFileSync(fileOf(image), 'utf8')) as Built;
  const authorization = `Basic ${Buffer.from(`AWS:${readFileSync(join(store, 'login'), 'utf8').trim()}`).toString('base64')}`;
  const send = async (
    method: string,
    path: string,
    body?: Buffer,
    type = 'application/octet-stream',
  ): Promise<Response> => {
    const response = await fetch(new URL(path, `http://${registry}`), {
      method,
      headers: { authorization, 'content-type': type },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    if (!response.ok) throw new Error(`image-builder: ${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const blobs = [Buffer.from(config), Buffer.from(layer, 'base64')];
  for (const blob of blobs) {
    const { headers } = await send('POST', `/v2/${repository}/blobs/uploads/`);
    await send('PUT', `${headers.get('location')}?digest=${digestOf(blob)}`, blob);
  }
  const [described, content] = blobs.map((blob) => ({ digest: digestOf(blob), size: blob.length }));
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...described },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...content }],
  };
  await send('PUT', `/v2/${repository}/manifests/${tag}`, Buffer.from(JSON.stringify(manifest)), manifest.mediaType);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
