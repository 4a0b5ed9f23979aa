/** Every built-in control, with the settings in which it reads most. */
import type { CallOptions, Message } from '../../testing/index.ts';

export interface Row {
  readonly name: string;
  readonly run: (message: Message, options: CallOptions) => Promise<unknown>;
}

/** Loads the controls. Call it once steps are counted. */
export async function rows(): Promise<readonly Row[]> {
  const { callControl } = await import('../../testing/index.ts');
  const { allSamples } = await import('../controls/samples.ts');
  const { bindRing } = await import('../controls/tokenization/keys.ts');
  const schema = {
    type: 'object',
    properties: {
      text: { type: 'string', pattern: '^(a|b|[^x])*$', maxLength: 10_000_000 },
      list: { type: 'array', uniqueItems: true, contains: { const: 'x' }, minContains: 0 },
    },
    patternProperties: { '^k\\d+$': { type: ['string', 'number', 'object', 'array'] }, 'a+$': {} },
    propertyNames: { maxLength: 10_000_000 },
    additionalProperties: { anyOf: [{ type: 'string', enum: Array.from({ length: 50 }, (_, i) => `v${i}`) }, {}] },
  } as const;
  const tools = [{ name: 'x', inputSchema: schema, outputSchema: schema }];
  const samples = await allSamples();
  return samples.flatMap(([, { linear }]) =>
    Object.entries(linear).map(([name, control]) => ({
      name,
      run: (message, options) =>
        callControl(control, message, { bindings: bindRing(), tools, claims: { sub: 'mara' }, ...options }),
    })),
  );
}
