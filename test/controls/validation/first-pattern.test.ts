/**
 * In its own process, because the pattern matcher is loaded with the first pattern of a process, which must be this
 * one.
 */
import { expect, test } from 'vitest';
import { validation } from '../../../proxy/controls/validation/index.ts';
import { way } from '../../dispatch/forms.ts';
import { startListed } from './listing.ts';

test('a pattern behind a reference to a place where no keyword has schemas is checked, even if it is the first pattern', async () => {
  const modern = way('modern', 'json');
  await using world = await startListed(
    [validation()],
    [
      {
        name: 'odd',
        inputSchema: {
          type: 'object',
          properties: { a: { $ref: '#/x-words/a' } },
          'x-words': { a: { pattern: '^a+$' } },
        },
      },
    ],
  );
  expect(await world.call(modern, 'odd', { a: 'aa' })).not.toHaveProperty('result.isError');
  expect(world.passed).toHaveLength(1);
  expect(await world.call(modern, 'odd', { a: 'b' })).toMatchObject({
    result: {
      isError: true,
      content: [{ type: 'text', text: 'a: expected a string that matches ^a+$, got a string' }],
    },
  });
});
