import { describe, expect, it } from 'vitest';
import { Faults } from '../../lib/faults.ts';
import { allowlist } from '../../lib/headers.ts';
import { RESTRICTED } from '../cloudformation/runtime-rules.ts';

function askedFor(name: string, required: boolean): { readonly listed: readonly string[]; readonly faults: string } {
  const faults = new Faults();
  const listed = allowlist([{ name, required, for: 'caller header' }], true, faults);
  return { listed, faults: faults.found.join('\n') };
}

describe('a header that AgentCore withholds', () => {
  it.each([...RESTRICTED])(
    '%s is a fault if the config needs it, and is left out if it would only be passed on',
    (name) => {
      expect(askedFor(name, true).faults).toContain(`header ${name}: needed for caller header, but`);
      expect(askedFor(name, false).listed).toEqual([]);
    },
  );

  it('the header that AgentCore Runtime sets itself is never allowlisted', () => {
    for (const name of ['WorkloadAccessToken', 'workloadaccesstoken']) {
      expect(askedFor(name, true).faults).toContain('AgentCore Runtime sets it itself, and no client may');
      expect(askedFor(name, false).listed).toEqual([]);
    }
  });

  it('is distinguished from one that reaches the container', () => {
    for (const name of ['x-api-key', 'traceparent', 'x-amzn-bedrock-agentcore-runtime-custom-tenant']) {
      expect(askedFor(name, true)).toMatchObject({
        listed: [name],
        faults: expect.not.stringContaining(`header ${name}`),
      });
    }
  });
});
