/**
 * CPU per signature of a 300 B call with a warm signing key: ours compared with `@smithy/signature-v4`. The two
 * alternate in one process and the medians are printed, so that other load on the machine affects both. Also checks
 * that both give the same signature.
 */
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { createSigner } from '../proxy/upstream/auth/sigv4.ts';

const ROUNDS = 31;
const CALLS = 2_000;

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'T'.repeat(700),
};
const scope = { region: 'us-east-1', service: 'bedrock-agentcore' };
const host = 'gw-abc.gateway.bedrock-agentcore.us-east-1.amazonaws.com';
const body = Buffer.from(
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'add', arguments: { pad: 'x'.repeat(215) } },
  }),
);
const sent = [
  'accept',
  'application/json, text/event-stream',
  'content-type',
  'application/json',
  'mcp-protocol-version',
  '2025-11-25',
];

/** The SDK's hash interface on node:crypto, as its own clients use it. */
class Sha256 {
  readonly #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      key === undefined
        ? createHash('sha256')
        : createHmac(
            'sha256',
            typeof key === 'string'
              ? key
              : ArrayBuffer.isView(key)
                ? Buffer.from(key.buffer, key.byteOffset, key.byteLength)
                : Buffer.from(key),
          );
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const signer = createSigner(scope);
const smithy = new SignatureV4({ ...scope, credentials, sha256: Sha256 });

function ours(now: number): string | undefined {
  const headers = [...sent];
  signer.sign({ method: 'POST', host, path: '/mcp', body, headers }, credentials, now);
  return headers.at(-1);
}

async function theirs(now: number): Promise<string | undefined> {
  const headers: Record<string, string> = { host };
  for (let i = 0; i < sent.length; i += 2) headers[sent[i] ?? ''] = sent[i + 1] ?? '';
  const signed = await smithy.sign(
    { method: 'POST', protocol: 'https:', hostname: host, path: '/mcp', query: {}, headers, body },
    { signingDate: new Date(now) },
  );
  return signed.headers['authorization'];
}

async function microseconds(call: (now: number) => unknown): Promise<number> {
  const start = Date.now();
  const before = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) await call(start + i);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const now = Date.now();
if (ours(now) !== (await theirs(now)))
  throw new Error('the two signers give different signatures, expected the same: the figures would be meaningless');
const figures: { ours: number[]; smithy: number[] } = { ours: [], smithy: [] };
for (let round = 0; round < ROUNDS; round++) {
  figures.ours.push(await microseconds(ours));
  figures.smithy.push(await microseconds(theirs));
}
console.log(
  JSON.stringify({
    ours_us: Number(median(figures.ours).toFixed(2)),
    smithy_us: Number(median(figures.smithy).toFixed(2)),
  }),
);
