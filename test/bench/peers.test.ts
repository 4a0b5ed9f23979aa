import { describe, expect, it } from 'vitest';
import { chart } from '../../bench/peers/chart.ts';
import { HttpReplies, type HttpReply } from '../../bench/peers/http-reply.ts';
import { Judge } from '../../bench/peers/judge.ts';
import { toolList } from '../../bench/tool-list.ts';
import { answer, FIRST_ID } from '../../bench/wire.ts';

const body = (result: string): string => `{"jsonrpc":"2.0","id":${FIRST_ID}${result}`;
const right = body(answer('small', 'legacy').pieces.join(''));
const json = (text: string, status = 200): HttpReply => ({
  status,
  headers: new Map([['content-type', 'application/json']]),
  body: text,
  kept: true,
});

describe('an answer of a peer', () => {
  const judge = (): Judge => new Judge('small', (tool) => tool);

  it('is right as the upstream sent it, as JSON and as an event', () => {
    expect(judge().of(json(right), FIRST_ID)).toEqual({ asSent: true });
    const events = `event: message\r\nid: 1\r\ndata:\r\n\r\nevent: message\r\ndata: ${right}\r\n\r\n`;
    const stream = { ...json(events), headers: new Map([['content-type', 'text/event-stream; charset=utf-8']]) };
    expect(judge().of(stream, FIRST_ID)).toEqual({ asSent: true });
  });

  it('is right, but not as sent, if something besides its content was lost or added', () => {
    expect(judge().of(json(right.replace(',"isError":false', '')), FIRST_ID)).toEqual({ asSent: false });
  });

  it.each([
    ['another text', right.replace('warehouse', 'ware house'), 'another content'],
    ['an error of the tool', right.replace('"isError":false', '"isError":true'), 'a tool error'],
    ['an error', body(',"error":{"code":-32603,"message":"no"}}'), 'an error: no'],
    ['another id', right.replace(String(FIRST_ID), '7'), 'the id 7'],
    ['no JSON', '<html>', 'no JSON-RPC message'],
  ])('is wrong with %s', (_, text, wrong) => {
    expect(judge().of(json(text), FIRST_ID)).toEqual({ wrong: expect.stringContaining(wrong) });
  });

  it('is wrong with another status, and again when the same comes again', () => {
    const one = judge();
    for (let n = 0; n < 2; n++)
      expect(one.of(json(right, 500), FIRST_ID)).toEqual({ wrong: expect.stringContaining('status 500') });
  });

  it('is wrong if a tool is missing from a list, or has another schema', () => {
    const { tools } = toolList('legacy', 1000);
    const of = (shown: object): unknown =>
      new Judge('list', (tool) => `up-${tool}`).of(json(body(`,"result":${JSON.stringify(shown)}}`)), FIRST_ID);
    const named = tools.map((tool) => ({ ...tool, name: `up-${tool.name}` }));
    expect(of({ tools: named })).toEqual({ asSent: false });
    expect(of({ tools: named.slice(1) })).toEqual({ wrong: '999 tools, expected 1000' });
    expect(of({ tools: named.map((tool) => ({ ...tool, inputSchema: { type: 'object' } })) })).toEqual({
      wrong: expect.stringContaining('another input schema'),
    });
  });
});

describe('replies on a connection', () => {
  it('are read whole, with a length or in chunks, wherever the bytes are cut', () => {
    const bytes = Buffer.from(
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nöx' +
        'HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
    );
    for (let size = 1; size < bytes.length; size++) {
      const got: string[] = [];
      const replies = new HttpReplies(({ status, body, kept }) => got.push(`${status} ${body} ${kept}`));
      for (let at = 0; at < bytes.length; at += size) replies.push(bytes.subarray(at, at + size));
      expect(got).toEqual(['200 öx true', '202 abc false']);
    }
  });
});

describe('the chart', () => {
  const svg = chart(
    [
      {
        title: 'calls & lists',
        bars: [
          { name: 'nginx', ratio: { median: 0.1, min: 0.1, max: 0.2 }, own: false },
          { name: '<peer>', ratio: { median: 100, min: 90, max: 110 }, own: true },
          { name: 'broken', ratio: undefined, own: false },
        ],
      },
    ],
    'CPU',
    'what it shows',
  );

  it('has its text as text, escaped, and colours for light and dark', () => {
    expect(svg).toContain('&lt;peer&gt;');
    expect(svg).toContain('calls &amp; lists');
    expect(svg).toContain('100 ×');
    expect(svg).toContain('no right answer');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).toContain('<desc id="about">what it shows</desc>');
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  it('draws a bar to the left of the pipe for what costs less, and to the right for what costs more', () => {
    const bars = [...svg.matchAll(/<rect [^>]*x="([\d.]+)"[^>]*width="([\d.]+)"/g)].map(([, x, width]) => ({
      from: Number(x),
      to: Number(x) + Number(width),
    }));
    expect(bars).toHaveLength(2);
    const [less, more] = bars;
    expect(less?.to).toBeCloseTo(more?.from ?? NaN, 0);
    // A hundred times is two decades, a tenth is one.
    expect((more?.to ?? NaN) - (more?.from ?? NaN)).toBeCloseTo(2 * ((less?.to ?? NaN) - (less?.from ?? NaN)), 0);
  });
});
