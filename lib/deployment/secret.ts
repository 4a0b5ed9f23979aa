/** A secret of Secrets Manager in an entry, and the KMS key that it is under. */
import { KEY, SECRET } from '../arn.ts';
import { type MembersOf, needed, optional, type Parse, unshown } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { keyRegionFault, SECRET_ELSEWHERE, type SecretOptions } from '../secret-source.ts';
import { arn, checkHome, type Home, partsOf } from './arn.ts';

export interface SecretEntry {
  /** With `#KEY` at its end, one member of a secret that holds JSON. */
  readonly secretArn: string;
  /** The KMS key that the secret is under, by its id. @default - AWS's */
  readonly encryptionKeyArn?: string;
}

/** The complete ARN, which IAM compares. */
const secretArn: Parse<string> = unshown(
  new RegExp(SECRET.pattern.source.replace(/\$$/, '(?:#.+)?$')),
  `${SECRET.what} (${SECRET.example}), and #KEY for one member of a JSON secret`,
);

export const SECRET_MEMBERS = {
  secretArn: needed(secretArn),
  encryptionKeyArn: optional(arn(KEY)),
} satisfies MembersOf<SecretEntry>;

export function secretOptions({ secretArn, encryptionKeyArn, ...rest }: SecretEntry): SecretOptions {
  rest satisfies Record<string, never>;
  return {
    secret: secretArn,
    ...(encryptionKeyArn === undefined ? {} : { encryptionKey: { keyArn: encryptionKeyArn } }),
  };
}

export function checkSecret({ secretArn, encryptionKeyArn }: SecretEntry, home: Home, place: Place): void {
  checkHome(secretArn, home, place.at('secretArn'), SECRET_ELSEWHERE);
  if (encryptionKeyArn === undefined) return;
  const at = place.at('encryptionKeyArn');
  const fault = keyRegionFault(secretArn, encryptionKeyArn);
  if (fault !== undefined) at.fault(fault);
  else if (partsOf(encryptionKeyArn).account !== partsOf(secretArn).account)
    checkHome(encryptionKeyArn, home, at, "that key's policy must allow the execution role");
}
