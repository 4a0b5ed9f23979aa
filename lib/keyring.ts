/**
 * A keyring for tokenization: a secret with a KMS key of its own. Its value is made by Secrets Manager and is in no
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
 * The first value is `{ "current": "k1", "keys": "<64 random letters and digits>" }`: Secrets Manager generates one
 * text at the top level and no more, so the only key stands in place of the map until somebody adds a second one.
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
      'keyring of an MCP proxy: { current, keys }. What was tokenized with a key can only be read as long as it is here',
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
