/** The ARN of a key in KMS that signs. */

export interface KmsKey {
  readonly arn: string;
  readonly region: string;
}

const ARN =
  /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** By its id: an alias could be pointed at another key, and IAM compares no aliases. */
export function parseKmsKey(text: string): { readonly key: KmsKey } | { readonly error: string } {
  const [, region] = ARN.exec(text) ?? [];
  if (region === undefined)
    return { error: `expected the ARN of a KMS key by its id (arn:aws:kms:REGION:ACCOUNT:key/ID), got another text` };
  return { key: { arn: text, region } };
}
