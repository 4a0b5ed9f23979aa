import fc from 'fast-check';
import { expect, it } from 'vitest';
import { JsonText } from '../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../proxy/json/value.ts';
import { apply } from '../../proxy/reply/apply.ts';
import type { Transform } from '../../proxy/reply/mapping.ts';

/** What the control after these gets. @param isRead whether the message is the whole content of a text */
async function given(
  message: JsonValue,
  edits: readonly ((message: JsonObject) => JsonObject)[],
  isRead: boolean,
): Promise<unknown> {
  const { value, text } = JsonText.parse(JSON.stringify(message));
  let seen: unknown;
  const last = (received: JsonObject): JsonObject => (seen = received);
  const transforms = [...edits, last].map((map) => ({ contains: undefined, map })) as readonly Transform[];
  await apply(transforms, value as JsonObject, { json: text, value }, isRead);
  return seen;
}

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}

/** A copy, frozen at its first level only, of some parts; the others stay the same objects, perhaps at another place. */
function edited(value: unknown, choice: () => number, parts: unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  parts.push(value);
  switch (choice() % 8) {
    case 0:
      return value;
    case 1:
      return parts[choice() % parts.length];
    case 2:
      return { wrapped: [value], made: { by: ['a control'] } };
    case 3:
      return [{ made: [{}] }, value];
    default: {
      const keep = (): boolean => choice() % 4 !== 0;
      const copy: unknown = Array.isArray(value)
        ? value.filter(keep).map((item) => edited(item, choice, parts))
        : Object.fromEntries(
            Object.entries(value)
              .filter(keep)
              .map(([key, inner]) => [key, edited(inner, choice, parts)]),
          );
      return choice() % 2 === 0 ? Object.freeze(copy) : copy;
    }
  }
}

it('gives each control a message that is frozen at every level, whatever the controls before it made of it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue({ maxDepth: 5 }),
      fc.array(fc.nat({ max: 1_000 }), { minLength: 4, maxLength: 80 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (value, choices, controls, isRead) => {
        let at = 0;
        const choice = (): number => choices[at++ % choices.length] ?? 0;
        const edit = (message: JsonObject): JsonObject =>
          ({ ...message, result: edited(message['result'], choice, []) }) as JsonObject;
        const message = { jsonrpc: '2.0', id: 1, result: value as JsonValue };
        const seen = await given(
          message,
          Array.from({ length: controls }, () => edit),
          isRead,
        );
        expect(isDeeplyFrozen(seen)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

it('freezes a part that a control put beside parts of the same list', async () => {
  const tools = [{ name: 'a', inputSchema: { type: 'object' } }, { name: 'b', inputSchema: {} }, { name: 'c' }];
  const seen = await given(
    { jsonrpc: '2.0', id: 1, result: { tools } },
    [
      (message) => {
        const { tools: listed = [] } = message['result'] as { readonly tools?: readonly JsonValue[] };
        return {
          ...message,
          result: { tools: [listed[2], Object.freeze({ name: 'd', inputSchema: {} }), listed[0]] },
        } as JsonObject;
      },
    ],
    true,
  );
  expect(seen).toEqual({
    jsonrpc: '2.0',
    id: 1,
    result: { tools: [tools[2], { name: 'd', inputSchema: {} }, tools[0]] },
  });
  expect(isDeeplyFrozen(seen)).toBe(true);
});
