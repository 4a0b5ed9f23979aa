/**
 * A keyring for tokenization: a secret with its own KMS key. Secrets Manager generates its value, which is in no
 * template.
 */
import type { RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** About 381 bits. */
const LENGTH = 64;

/**
 * Creates a keyring. The first value is `{ "current": "k1", "keys": "<64 random letters and digits>" }`: Secrets
 * Manager can generate only one text at the top level, so the only key replaces the map until a second one is
 * added.
 */
export function createKeyring(scope: Construct, id: string, removalPolicy: RemovalPolicy): Secret {
  const site = new Construct(scope, id);
  const encryptionKey = new Key(site, 'Key', {
    description: 'keyring of an MCP proxy',
    enableKeyRotation: true,
    removalPolicy,
  });
  const keyring = new Secret(site, 'Secret', {
    description:
      'keyring of an MCP proxy: { current, keys }. Tokens made with a key can only be read while that key is here',
    encryptionKey,
    removalPolicy,
    generateSecretString: {
      secretStringTemplate: JSON.stringify({ current: 'k1' }),
      generateStringKey: 'keys',
      passwordLength: LENGTH,
      excludePunctuation: true,
    },
  });
  acknowledge(
    keyring,
    'SMG4',
    'a keyring is rotated by hand: a key must stay as long as something tokenized with it is in use',
  );
  return keyring;
}
