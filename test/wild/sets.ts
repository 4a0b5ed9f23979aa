/** The sets of controls that a case is played through. */
import { accessPolicy, allow, audit, email, redaction, secrets, validation } from '../../proxy/controls/index.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';

const looking = (): DefinedControl =>
  defineControl({
    name: 'looking',
    replies: 'transforms',
    setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
  });
const everything = () =>
  accessPolicy({ policies: [allow({ tools: ['*'], prompts: ['*'], resources: ['*'], methods: ['*'] })] });

export const SETS = {
  none: () => [],
  audit: () => [audit()],
  looking: () => [looking()],
  policy: () => [everything()],
  validation: () => [validation({ results: { checkOutputSchema: true } })],
  all: () => [
    audit(),
    everything(),
    redaction({ client: { detectors: [email()] } }),
    secrets({ onFound: 'redact' }),
    validation({ results: { checkOutputSchema: true } }),
  ],
} as const satisfies Readonly<Record<string, () => readonly DefinedControl[]>>;

export type SetName = keyof typeof SETS;
export const SET_NAMES = Object.keys(SETS) as readonly SetName[];
