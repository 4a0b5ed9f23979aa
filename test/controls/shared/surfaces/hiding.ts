/** The controls that hide by field, each with one hidden field: what the other side gets of a call or a reply. */
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import type { Scope } from '../../../../proxy/controls/shared/surfaces/scope.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import { callControl, type CallOptions, type Message } from '../../../../testing/index.ts';
import { bindRing, TENANT } from '../../tokenization/keys.ts';

export interface Hiding {
  readonly name: string;
  /** What the upstream gets of a call, or why it gets nothing. */
  sent(field: Scope, message: Message, options?: CallOptions): Promise<string>;
  /** What the client gets of the result or the messages in `options`. */
  got(field: Scope, message: Message, options: CallOptions): Promise<string>;
}

/** Everything that was forwarded or returned, as one text. */
export async function sent(
  control: Parameters<typeof callControl>[0],
  message: Message,
  options: CallOptions = {},
): Promise<string> {
  const { forwarded, refused } = await callControl(control, message, { bindings: bindRing(), ...options });
  return forwarded === undefined ? `refused: ${refused}` : JSON.stringify(forwarded.params);
}

export async function got(
  control: Parameters<typeof callControl>[0],
  message: Message,
  options: CallOptions,
): Promise<string> {
  const { messages } = await callControl(control, message, { bindings: bindRing(), ...options });
  return JSON.stringify(messages);
}

export const HIDING: readonly Hiding[] = [
  {
    name: 'redaction',
    sent: (field, ...rest) => sent(redaction({ upstream: { fields: [field] } }), ...rest),
    got: (field, ...rest) => got(redaction({ client: { fields: [field] } }), ...rest),
  },
  {
    name: 'tokenization',
    sent: (field, ...rest) => sent(tokenization({ tenant: TENANT, fields: [{ ...field, type: 'name' }] }), ...rest),
    got: (field, ...rest) =>
      got(tokenization({ tenant: TENANT, hideFrom: 'client', fields: [{ ...field, type: 'name' }] }), ...rest),
  },
];

export const calling = (args: object, name = 'x'): Message => ({
  method: 'tools/call',
  params: { name, arguments: args },
});
