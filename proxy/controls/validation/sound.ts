import { Denied } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { SchemaFault } from '../../json-schema/faults.ts';
import type { Schema } from '../../json-schema/schema.ts';

const reported = new WeakSet<SchemaFault>();

/**
 * Returns a tool's schema that can be used for checks. Otherwise throws the error that refuses the call, and logs the
 * reason once.
 */
export function sound(schema: Schema | SchemaFault, tool: string, member: 'inputSchema' | 'outputSchema'): Schema {
  if (!(schema instanceof SchemaFault)) return schema;
  if (!reported.has(schema))
    log.error(
      "a tool's schema can't be used for checks, so calls to the tool are refused: fix it at the upstream, or list the tool in unchecked",
      { event: 'validation', tool, member, fault: schema.message },
    );
  reported.add(schema);
  throw new Denied(
    `the tool's ${member === 'inputSchema' ? 'input' : 'output'} schema can't be used for checks: ${schema.message}`,
  );
}
