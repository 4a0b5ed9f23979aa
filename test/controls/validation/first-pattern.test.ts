/** By itself: what matches patterns is loaded with the first that a process has, and this one must be it. */
import { expect, test } from 'vitest';
import { validation } from '../../../proxy/controls/validation/index.ts';
import { way } from '../../dispatch/forms.ts';
import { startListed } from './listing.ts';

test('a pattern that a reference finds where no keyword has schemas is checked, also if it is the first', async () => {
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
