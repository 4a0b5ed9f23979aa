import { Denied } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { SchemaFault } from '../../json-schema/faults.ts';
import type { Schema } from '../../json-schema/schema.ts';

const told = new WeakSet<SchemaFault>();

/** A tool's schema that can be checked against. Throws what refuses the call where it can't; the log says why, once. */
export function sound(schema: Schema | SchemaFault, tool: string, member: 'inputSchema' | 'outputSchema'): Schema {
  if (!(schema instanceof SchemaFault)) return schema;
  if (!told.has(schema))
    log.error('a schema cannot be checked against, so the tool is refused', {
      event: 'validation',
      tool,
      member,
      fault: schema.message,
    });
  told.add(schema);
  throw new Denied(
    `the tool's ${member === 'inputSchema' ? 'input' : 'output'} schema cannot be checked against: ${schema.message}`,
  );
}
