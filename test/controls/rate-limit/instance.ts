/** Runs as a process: one of several instances that count in one table. Prints how many of its calls were permitted. */
import type { RateLimitOptions } from '../../../proxy/controls/rate-limit/options.ts';
import { Plan } from '../../../proxy/controls/rate-limit/plan.ts';
import { Full } from '../../../proxy/controls/rate-limit/store.ts';
import { TableClient } from '../../../proxy/controls/rate-limit/table-client.ts';
import { idOf, parseTable, TableStore } from '../../../proxy/controls/rate-limit/table.ts';
import { toolCall } from '../../dispatch/fake.ts';

const { arn, calls, block, options } = JSON.parse(process.argv[2] ?? '') as {
  readonly arn: string;
  readonly calls: number;
  readonly block: number;
  readonly options: RateLimitOptions;
};
const table = parseTable(arn);
if (table === undefined) throw new Error('no table');
const plan = new Plan(options, idOf);
const store = new TableStore({
  table,
  options: { table: 'T', timeLimitMs: 10_000, block },
  concurrency: {},
  longestMs: plan.longestMs,
  prefix: 'rate-limit',
  otherwise: undefined,
  connect: (region) => Promise.resolve(new TableClient(region)),
});
const charge = plan.chargeOf(toolCall());
let permitted = 0;
// A few concurrent calls, as clients make them.
await Promise.all(
  Array.from({ length: 5 }, async () => {
    for (let i = 0; i < calls / 5; i++)
      if (!((await store.admit('alice', 'default', charge)) instanceof Full)) permitted++;
  }),
);
console.log(permitted);
