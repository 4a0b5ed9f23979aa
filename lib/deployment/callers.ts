/** `callers` and `callersFrom` of an entry: whom the runtime's resource policy lets in, and from where. */
import { listOf, object, optional, type Parse, text } from './parse.ts';
import type { Place } from './place.ts';

/** At least one id in all. */
export interface CallersFromEntry {
  readonly vpcIds?: readonly string[];
  readonly vpcEndpointIds?: readonly string[];
}

const id = (prefix: string): Parse<string> =>
  text(new RegExp(`^${prefix}-[0-9a-z]{8,17}$`), `an id such as ${prefix}-0123456789abcdef0`);
const members = object({
  vpcIds: optional(listOf(id('vpc'), 'VPC ids')),
  vpcEndpointIds: optional(listOf(id('vpce'), 'VPC endpoint ids')),
});

export const callersFrom: Parse<CallersFromEntry> = (value, place) => {
  const read = members(value, place);
  if (read === undefined || (read.vpcIds ?? []).length + (read.vpcEndpointIds ?? []).length > 0) return read;
  return place.fault('expected at least one of vpcIds and vpcEndpointIds, got none (nobody could call)');
};

export const callers: Parse<readonly string[]> = listOf(
  text(
    /^(?:\d{12}|arn:aws[a-z-]*:iam::\d{12}:(?:role|user|root)(?:\/[\w+=,.@/-]+)?)$/,
    'an account id of 12 digits, or the ARN of an IAM role or user',
  ),
  'callers',
  { min: 1 },
);

/** A token says nothing of IAM. */
export function checkCallers(inboundAuth: unknown, place: Place): void {
  if (inboundAuth !== undefined && inboundAuth !== 'iam')
    place.fault(
      'expected inboundAuth iam with them (callers with a JWT are let in by the authorizer), got another one',
    );
}
