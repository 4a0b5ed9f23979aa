/** Variables of upstreams that a deployment put together, since a runtime takes at most 50. */
import { expect, it } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { unpackedVariables } from '../../proxy/config/packed-variables.ts';
import { startProxy } from '../../proxy/start-proxy.ts';

function unpacked(environment: Readonly<Record<string, string>>) {
  const faults = new Faults();
  return { environment: unpackedVariables(environment, faults), faults: faults.errors };
}

it('stand beside those that are bound by themselves', () => {
  expect(
    unpacked({
      PORT: '8000',
      UPSTREAM_CRM_URL: 'https://crm.example.com/mcp',
      UPSTREAMS: '{"UPSTREAM_A_URL":"https://a.example.com/mcp","UPSTREAM_A_AUTH":"none"}',
      UPSTREAMS_2: '{"UPSTREAM_B_URL":"https://b.example.com/\\"mcp"}',
      UPSTREAMS_3: '',
    }),
  ).toEqual({
    environment: {
      PORT: '8000',
      UPSTREAM_CRM_URL: 'https://crm.example.com/mcp',
      UPSTREAM_A_URL: 'https://a.example.com/mcp',
      UPSTREAM_A_AUTH: 'none',
      UPSTREAM_B_URL: 'https://b.example.com/"mcp',
      UPSTREAMS_3: '',
    },
    faults: [],
  });
});

it('are those of an upstream that has such a name', () => {
  const environment = { UPSTREAMS_AUTH: 'x', UPSTREAM_S_URL: 'y', UPSTREAMS_0: '{}', UPSTREAMS_2_URL: 'z' };
  expect(unpacked(environment)).toEqual({ environment, faults: [] });
});

it.each([
  ['{"UPSTREAM_A_URL"', 'UPSTREAMS: expected a JSON object of variables and their texts, got a text that is no JSON'],
  ['["UPSTREAM_A_URL"]', 'UPSTREAMS: expected a JSON object of variables and their texts, got a list'],
  ['null', 'UPSTREAMS: expected a JSON object of variables and their texts, got null'],
  ['{"UPSTREAM_A_AUTH":true}', 'UPSTREAMS: expected a text for UPSTREAM_A_AUTH, got a boolean'],
  ['{"NODE_OPTIONS":"--require x"}', 'UPSTREAMS: expected names that begin with UPSTREAM_, got "NODE_OPTIONS"'],
  ['{"__proto__":{"UPSTREAM_A_AUTH":"none"}}', 'UPSTREAMS: expected names that begin with UPSTREAM_, got "__proto__"'],
  [
    '{"UPSTREAM_URL":"https://other.example.com/mcp"}',
    'UPSTREAMS: expected variables that are bound nowhere else, got UPSTREAM_URL a second time',
  ],
])('are refused at start as %s', async (text, fault) => {
  const starting = startProxy(
    { controls: [] },
    { HOST: '127.0.0.1', PORT: '0', UPSTREAM_URL: 'https://mcp.example.com/mcp', UPSTREAMS: text },
  );
  await expect(starting).rejects.toThrow(fault);
});

it('are refused if two of them bind the same variable', () => {
  const { faults } = unpacked({ UPSTREAMS: '{"UPSTREAM_A_URL":"x"}', UPSTREAMS_2: '{"UPSTREAM_A_URL":"x"}' });
  expect(faults).toEqual([
    'UPSTREAMS_2: expected variables that are bound nowhere else, got UPSTREAM_A_URL a second time',
  ]);
});
