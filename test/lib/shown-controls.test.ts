/** What a diff of templates shows of a proxy's controls. */
import { describe, expect, it } from 'vitest';
import { configFile, synth } from './synth.ts';

const DENY =
  "const denyAll = defineControl({ name: 'deny-all', replies: 'ignores', setup: () => ({ otherwise: 'deny' }) });";

function metadataOf(name: string, controls: string): unknown {
  const config = configFile(
    name,
    `import { auditOnly, defineControl, defineProxy } from 'agentcore-mcp-proxy';\nimport { audit } from 'agentcore-mcp-proxy/controls';\n${DENY}\nvoid [denyAll, auditOnly, audit];\nexport default defineProxy({ controls: [${controls}] });\n`,
  );
  const [runtime] = Object.values(synth({ config }).template.findResources('AWS::BedrockAgentCore::Runtime'));
  return runtime?.['Metadata']['agentcore-mcp-proxy'];
}

describe('the metadata of the runtime', () => {
  const both = metadataOf('both', 'audit(), denyAll');

  it('lists the controls in their order, the source of the caller, and the digest of the config', () => {
    expect(both).toEqual({
      controls: [
        { name: 'audit', replies: 'observes', auditOnly: false, perCaller: false },
        { name: 'deny-all', replies: 'ignores', auditOnly: false, perCaller: false },
      ],
      caller: { source: 'none' },
      digests: { config: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      upstreams: [{ name: 'default', prefix: '' }],
      search: 'none',
    });
  });

  it.each([
    ['is dropped', 'audit()', ['audit']],
    ['comes elsewhere', 'denyAll, audit()', ['deny-all', 'audit']],
  ])('changes if a control %s', (_, controls, names) => {
    const other = metadataOf(names.join('-'), controls);
    expect(other).toMatchObject({ controls: names.map((name) => ({ name })) });
    expect(other).not.toMatchObject({ digests: (both as { readonly digests: object }).digests });
  });

  it('says that a control only audits', () => {
    expect(metadataOf('audits', 'auditOnly(denyAll)')).toMatchObject({
      controls: [{ name: 'deny-all', auditOnly: true }],
    });
  });
});
