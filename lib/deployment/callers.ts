import { listOf, type MembersOf, object, optional, type Parse, text, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
/** `callers` and `callersFrom` of an entry: whom the runtime's resource policy allows to invoke it, and from where. */
import { saying, schemaOf } from '../rules/schema.ts';
import { TEXTS } from '../rules/texts.ts';

/** At least one id in total. */
export interface CallersFromEntry {
  /** @default - none */
  readonly vpcIds?: readonly string[];
  /** @default - none */
  readonly vpcEndpointIds?: readonly string[];
}

const members = object({
  vpcIds: optional(listOf(textBy(TEXTS.vpcId), 'VPC ids')),
  vpcEndpointIds: optional(listOf(textBy(TEXTS.vpcEndpointId), 'VPC endpoint ids')),
} satisfies MembersOf<CallersFromEntry>);

export const callersFrom: Parse<CallersFromEntry> = saying(
  () => ({ ...schemaOf(members), minProperties: 1 }),
  (value, place) => {
    const read = members(value, place);
    if (read === undefined || (read.vpcIds ?? []).length + (read.vpcEndpointIds ?? []).length > 0) return read;
    return place.fault('expected at least one of vpcIds and vpcEndpointIds, got none (no caller would be allowed)');
  },
);

export const callers: Parse<readonly string[]> = listOf(
  text(
    /^(?:\d{12}|arn:aws[a-z-]*:iam::\d{12}:(?:role|user|root)(?:\/[\w+=,.@/-]+)?)$/,
    'an account id of 12 digits, or the ARN of an IAM role or user',
  ),
  'callers',
  { min: 1 },
);

/** Callers with a JWT have no IAM identity. */
export function checkCallers(inboundAuth: unknown, place: Place): void {
  if (inboundAuth !== undefined && inboundAuth !== 'iam')
    place.fault('expected inboundAuth iam with them (the authorizer decides on callers with a JWT), got another one');
}
