/**
 * Checks which request headers the platform passes to the container. That can't be seen from outside, but the proxy
 * refuses headers that contradict the body (400 / -32020): if a contradicting header isn't refused, it did not arrive.
 */
import { either, type LiveCheck, skipped } from './check.ts';
import { type Answer, errorOf, resultOf, shown } from './exchange.ts';
import { isVersionRefusal, type Live } from './live.ts';

const MISMATCH = -32020;

export const headerChecks: readonly LiveCheck[] = [
  {
    id: 'header-pass-through',
    expected: 'MCP-Protocol-Version, Mcp-Method and Mcp-Name reach the container, or are derived from the body there',
    run: async (live) => {
      const probes: readonly (readonly [string, () => Promise<Answer>])[] = [
        ['MCP-Protocol-Version', () => live.modern('tools/list', {}, { 'mcp-protocol-version': '2025-11-25' })],
        ['Mcp-Method', () => live.modern('tools/list', {}, { 'mcp-method': 'tools/call' })],
        [
          'Mcp-Name',
          () =>
            live.modern(
              'tools/call',
              { name: 'verify_no_such_tool', arguments: {} },
              { 'mcp-name': 'verify_another_name' },
            ),
        ],
      ];
      const got: string[] = [];
      let clear = true;
      for (const [name, send] of probes) {
        const answer = await send();
        const arrived = errorOf(answer)?.code === MISMATCH;
        const dropped = !arrived && answer.message !== undefined;
        clear &&= arrived || dropped;
        got.push(`${name} ${arrived ? 'arrives' : dropped ? 'is dropped' : `is unclear (${shown(answer)})`}`);
      }
      return either(clear, got.join(', '));
    },
  },
  {
    id: 'derived-headers',
    expected: 'a modern call without any of them is answered',
    run: async (live: Live) => {
      const answer = await live.modern('tools/list', {}, { 'mcp-protocol-version': '', 'mcp-method': '' });
      if (resultOf(answer) === undefined && isVersionRefusal(answer))
        return skipped(`the upstream doesn't speak 2026-07-28: ${shown(answer)}`);
      return either(resultOf(answer) !== undefined, shown(answer));
    },
  },
];
