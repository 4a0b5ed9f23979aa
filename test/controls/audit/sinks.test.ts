/** Sinks that fail, and what then happens to calls. */
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { callTool, control, responseOf, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { startUpstream } from '../../support/upstream.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const STREAM_ARN = 'arn:aws:firehose:eu-central-1:123456789012:deliverystream/audit';
const REFUSED = { error: { code: -32603, message: 'the call could not be recorded: try again later' } };

describe.each(ways)('%s', (_name, way) => {
  test('forwards a call only after its decision is recorded, and refuses it if that fails', async () => {
    let recordedFirst: boolean | undefined;
    const answer = way.result('{"content":[]}');
    await using upstream = await startUpstream(
      withSessions((request, response) => {
        recordedFirst = lines.text.includes('"event":"decision"');
        return answer(request, response);
      }),
    );
    await using front = await startFront(upstream, { controls: [audit({ onSinkFailure: 'deny' })] });
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    expect(recordedFirst).toBe(true);
    const before = upstream.received.length;
    const working = fs.writeSync;
    fs.writeSync = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    expect(responseOf(await callTool(front, way))).toMatchObject(REFUSED);
    fs.writeSync = working;
    syncBuiltinESMExports();
    expect(upstream.received.length).toBe(before);
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
  });

  test("sends a control's answer only after its decision is recorded, and refuses the call if that fails", async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    let mapped = 0;
    const outer = control('outer', async (call, next) => {
      const reply = await next(call);
      const recorded = lines.text.includes('"event":"decision"');
      return reply.mapResult((result) => (mapped++, { ...result, recorded }));
    });
    const answers = control('cache', (call) => call.answer({ content: [] }), 'ignores');
    await using front = await startFront(upstream, {
      controls: [audit({ onSinkFailure: 'deny', format: 'json' }), outer, answers],
    });
    expect(responseOf(await callTool(front, way))).toHaveProperty('result.recorded', true);
    const decision = lines.all.find((line) => line['event'] === 'decision');
    expect(decision).toMatchObject({ answeredBy: 'cache', decisions: [{ control: 'cache', decision: 'answer' }] });
    const working = fs.writeSync;
    fs.writeSync = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    expect(responseOf(await callTool(front, way))).toMatchObject(REFUSED);
    fs.writeSync = working;
    syncBuiltinESMExports();
    expect(mapped).toBe(1);
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    expect(upstream.received.filter(({ text }) => text.includes('tools/call'))).toEqual([]);
  });

  test('without onSinkFailure, a failing sink stops no call', async () => {
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await startFront(upstream, { controls: [audit()] });
    const working = fs.writeSync;
    fs.writeSync = () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    syncBuiltinESMExports();
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    fs.writeSync = working;
    syncBuiltinESMExports();
  });
});

describe('Firehose', () => {
  interface Stream extends AsyncDisposable {
    readonly lines: string[];
    readonly batches: number[];
    /** Refuses the next records, this many of them, or all requests. */
    trouble: { records: number; down: boolean };
  }

  async function startStream(): Promise<Stream> {
    const stream = { lines: [] as string[], batches: [] as number[], trouble: { records: 0, down: false } };
    const server: Server = createServer((request, response) => {
      void request.toArray().then((chunks: Buffer[]) => {
        if (stream.trouble.down)
          return void response
            .writeHead(500, { 'Content-Type': 'application/x-amz-json-1.1' })
            .end('{"__type":"ServiceUnavailableException"}');
        const { Records, DeliveryStreamName } = JSON.parse(Buffer.concat(chunks).toString()) as {
          readonly DeliveryStreamName: string;
          readonly Records: readonly { readonly Data: string }[];
        };
        expect(DeliveryStreamName).toBe('audit');
        stream.batches.push(Records.length);
        const RequestResponses = Records.map(({ Data }) => {
          if (stream.trouble.records-- > 0) return { ErrorCode: 'ServiceUnavailableException' };
          stream.lines.push(Buffer.from(Data, 'base64').toString());
          return { RecordId: 'r' };
        });
        response
          .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
          .end(
            JSON.stringify({
              FailedPutCount: RequestResponses.filter(({ RecordId }) => RecordId === undefined).length,
              RequestResponses,
            }),
          );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const environment = {
      AWS_ENDPOINT_URL_FIREHOSE: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    Object.assign(process.env, environment);
    return {
      ...stream,
      trouble: stream.trouble,
      async [Symbol.asyncDispose]() {
        for (const name of Object.keys(environment)) delete process.env[name];
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }
  const way = ways[0]![1];
  const environment = { AUDIT_STREAM: STREAM_ARN };

  test('gets every line, several per request; refused records are sent again, and the rest at the end', async () => {
    await using stream = await startStream();
    stream.trouble.records = 3;
    await using upstream = await startUpstream(way.result('{}'));
    {
      await using front = await startFront(upstream, {
        controls: [audit({ firehose: 'AUDIT_STREAM', stdout: false })],
        environment,
      });
      await Promise.all(Array.from({ length: 20 }, () => callTool(front, way)));
    }
    expect(stream.lines).toHaveLength(20);
    expect(
      stream.lines.every((line) => line.endsWith('\n') && (JSON.parse(line) as { event: string }).event === 'call'),
    ).toBe(true);
    expect(stream.batches.length).toBeLessThan(10);
    expect(lines.text).not.toContain('"event":"call"');
  });

  test('makes the proxy refuse calls while it accepts nothing, with onSinkFailure: deny', async () => {
    await using stream = await startStream();
    await using upstream = await startUpstream(way.result('{}'));
    await using front = await startFront(upstream, {
      controls: [audit({ firehose: 'AUDIT_STREAM', onSinkFailure: 'deny' })],
      environment,
    });
    expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    expect(stream.lines.map((line) => (JSON.parse(line) as { event: string }).event)).toContain('decision');
    stream.trouble.down = true;
    const before = upstream.received.length;
    expect(responseOf(await callTool(front, way))).toMatchObject(REFUSED);
    expect(upstream.received.length).toBe(before);
    stream.trouble.down = false;
    await vi.waitFor(async () => expect(responseOf(await callTool(front, way))).toHaveProperty('result'));
  });

  test('that never accepts lines loses them within bounds, and the log says how many', async () => {
    await using stream = await startStream();
    stream.trouble.down = true;
    await using upstream = await startUpstream(way.result('{}'));
    {
      await using front = await startFront(upstream, { controls: [audit({ firehose: 'AUDIT_STREAM' })], environment });
      for (let i = 0; i < 3; i++) expect(responseOf(await callTool(front, way))).toHaveProperty('result');
    }
    expect(lines.all).toContainEqual(
      expect.objectContaining({ level: 'error', event: 'audit', lost: expect.any(Number) }),
    );
    expect(lines.all.filter(({ event }) => event === 'call')).toHaveLength(3);
  });
});

test('reports all invalid options at once', () => {
  const faults = (options: unknown): string => {
    try {
      audit(options as Parameters<typeof audit>[0]);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  const all = faults({
    format: 'xml',
    stdout: false,
    onSinkFailure: 'allow',
    chain: { everyLines: 0 },
    fingerprints: { keyring: '', arguments: ['a..b'] },
    colour: 1,
  });
  for (const part of [
    'format: expected',
    'stdout: expected true, or a firehose, got false and no firehose',
    'onSinkFailure',
    'chain: expected one of keyring, signingKey and kmsKey, got none',
    'chain.everyLines',
    'fingerprints.keyring',
    'fingerprints.arguments',
    '"colour"',
  ])
    expect(all).toContain(part);
  expect(faults({})).toBe('');
});

test('declares in its bindings exactly the permissions that the role needs', () => {
  const { bindings } = audit({
    fingerprints: { keyring: 'K', caller: true },
    chain: { signingKey: 'S' },
    firehose: 'F',
  });
  expect(
    Object.fromEntries(
      Object.entries(bindings).map(([name, { kind = 'value', actions = [] }]) => [name, [kind, ...actions]]),
    ),
  ).toEqual({ K: ['keyring'], S: ['secret'], F: ['value', 'firehose:PutRecordBatch'] });
  expect(audit().bindings).toEqual({});
});
