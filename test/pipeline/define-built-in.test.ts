import { describe, expect, test } from 'vitest';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { compose } from '../../proxy/pipeline/compose.ts';
import { mayChangeResources } from '../../proxy/pipeline/control.ts';
import { defineBuiltIn } from '../../proxy/pipeline/define-built-in.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import { callControl } from '../../testing/index.ts';
import { callOf, replyOf, toolCall } from '../dispatch/fake.ts';

const mapping: Control = async (call, next) => (await next(call)).mapResult((result) => ({ ...result, seen: true }));
const LISTS = defineBuiltIn({
  name: 'lists',
  stage: 'present',
  does: 'marks lists of tools',
  replies: { transforms: ['tools/list'] },
  setup: () => mapping,
});
const inner: Next = () => Promise.resolve(replyOf());
const run = compose([{ name: LISTS.name, control: mapping, replies: LISTS.replies, maps: LISTS.maps }], inner);

describe('a built-in control', () => {
  test('maps the replies that it declares', async () => {
    const reply = await run(callOf({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));
    expect(reply.transforms).toHaveLength(1);
  });

  test('that maps another reply than it declares is at fault, and the call is refused', async () => {
    await expect(run(toolCall())).rejects.toThrow(
      'control lists maps a reply that it does not declare: expected the reply to tools/list, got one to another method',
    );
    const { fault, refused } = await callControl(LISTS, { method: 'tools/call', params: { name: 'x' } });
    expect([String(fault), refused]).toEqual([expect.stringContaining('does not declare'), 'internal']);
  });

  test('keeps its stage if it only observes', () => {
    expect(auditOnly(LISTS).builtIn).toEqual({ stage: 'present', does: 'marks lists of tools' });
    expect(auditOnly(LISTS)).toMatchObject({ replies: 'observes', maps: ['tools/list'] });
  });

  test('has the attention that its declaration implies', () => {
    const made = (replies: Parameters<typeof defineBuiltIn>[0]['replies']): unknown[] => {
      const control = defineBuiltIn({ name: 'x', stage: 'limit', does: 'x', replies, setup: () => mapping });
      return [control.replies, control.maps, mayChangeResources([control])];
    };
    expect(made('ignores')).toEqual(['ignores', [], false]);
    expect(made('observes')).toEqual(['observes', [], false]);
    expect(made({ transforms: 'all', resources: 'keeps' })).toEqual(['transforms', 'all', false]);
    expect(made({ transforms: 'all', resources: 'changes' })).toEqual(['transforms', 'all', true]);
    expect(made({ transforms: ['tools/call'] })).toEqual(['transforms', ['tools/call'], false]);
    expect(made({ transforms: ['resources/read'] })).toEqual(['transforms', ['resources/read'], true]);
  });
});
