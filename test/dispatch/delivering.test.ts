/** A reply that the controls have returned belongs to the client: a later refusal does not cut it. */
import { expect, test } from 'vitest';
import type { Exchange } from '../../proxy/call/exchange.ts';
import { event } from '../support/upstream.ts';
import { control } from './forms.ts';
import { startWorld } from './session.ts';

const log = event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'begun' } });
const result = event({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'whole' }] } });

test.each(['ignores', 'transforms'] as const)(
  'a reply that has begun to be sent ends unchanged, even if its call is refused then (a control that %s replies)',
  async (replies) => {
    let exchange: Exchange | undefined;
    const keeping = control(
      'keeping',
      (call, next) => {
        if (call.method === 'tools/call') exchange = call.exchange;
        return next(call);
      },
      replies,
    );
    await using world = await startWorld([keeping]);
    await using stream = await world.call(await world.session());
    stream.out?.write(log);
    await stream.until('begun');
    exchange?.refused(1, 'internal');
    expect(exchange?.refusal).toBe('internal');
    stream.out?.end(result);
    expect(await stream.rest()).toContain('whole');
  },
);
