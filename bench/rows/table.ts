/** Limits counted in a DynamoDB table: writes per call, and the time that a call waits for them. */
import { bench } from '../build.ts';
import { ask, serveDrained } from '../child.ts';
import { Field, type Contenders } from '../contest.ts';
import type { Finding } from '../finding.ts';
import { median, pairwise } from '../stats.ts';
import type { Programs } from '../subjects.ts';
import type { Counted } from '../table.ts';

const TABLE = 'limits';

export async function table({ proxy, selfCheck }: Programs, quick: boolean): Promise<Finding[]> {
  if (selfCheck) return [];
  const dynamo = await serveDrained({ args: [bench('table.ts')], env: { TABLE } });
  const env = {
    RATE_LIMITS: `arn:aws:dynamodb:eu-central-1:123456789012:table/${TABLE}`,
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamo.port}`,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  const contenders: Contenders<'none' | 'table'> = {
    none: { program: proxy('no-control') },
    table: { program: { ...proxy('rate-limit-table'), env } },
  };
  const field = await Field.open(contenders, 'modern');
  const load = { kind: 'customer', era: 'modern', connections: 1 } as const;
  for (const name of field.order(0)) await field.window(name, { ...load, calls: 1500 });
  const rounds: Record<'p50' | 'cpu' | 'atTable' | 'writes' | 'others' | 'p50Without' | 'cpuWithout', number[]> = {
    p50: [],
    cpu: [],
    atTable: [],
    writes: [],
    others: [],
    p50Without: [],
    cpuWithout: [],
  };
  for (let round = 0; round < (quick ? 6 : 16); round++) {
    for (const name of field.order(round)) {
      await field.connect(name, load);
      const before = await ask<Counted>(dynamo.child, 'counted');
      const { cpu, ran } = await field.run(name, 400);
      const after = await ask<Counted>(dynamo.child, 'counted');
      if (name === 'none') {
        rounds.p50Without.push(ran.p50);
        rounds.cpuWithout.push(cpu / ran.calls);
        continue;
      }
      rounds.p50.push(ran.p50);
      rounds.cpu.push(cpu / ran.calls);
      rounds.writes.push((after.writes - before.writes) / ran.calls);
      rounds.others.push((after.others - before.others) / ran.calls);
      rounds.atTable.push((after.ms - before.ms) / (after.writes - before.writes));
    }
  }
  await field.close();
  await dynamo.stop();
  const minus = (a: number, b: number): number => a - b;
  const waits = pairwise(rounds.p50, rounds.p50Without, minus);
  const cpu = pairwise(rounds.cpu, rounds.cpuWithout, minus);
  return [
    {
      row: 'table',
      what: 'writes per call: limits per caller and per tool',
      value: median(rounds.writes),
      unit: 'writes',
      detail: `${median(rounds.others)} other operations`,
      bound: { atMost: 1 },
    },
    {
      row: 'table',
      what: 'p50 over that without a control',
      value: waits.median,
      min: waits.min,
      max: waits.max,
      unit: 'ms',
      detail: `${median(rounds.atTable).toFixed(3)} ms of them at the table on loopback`,
    },
    {
      row: 'table',
      what: 'CPU over that without a control',
      value: cpu.median,
      min: cpu.min,
      max: cpu.max,
      unit: 'µs',
      detail: `${median(rounds.cpu).toFixed(1)} µs, no control ${median(rounds.cpuWithout).toFixed(1)} µs`,
    },
  ];
}
