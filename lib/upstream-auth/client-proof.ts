/** What the proxy's client authenticates with at a token endpoint, at synth: its options, variables and permissions. */
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { defaultAudience } from '../../proxy/credentials/entra-id.ts';
import {
  KMS_ALGORITHMS,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../../proxy/credentials/signing-algorithms.ts';
import { WEB_IDENTITY_ALGORITHMS, WEB_IDENTITY_SECONDS } from '../../proxy/credentials/web-identity-form.ts';
import { certificateDigest } from '../../proxy/upstream/auth/certificate-digest.ts';
import { CLIENT_METHODS, type ClientMethod, type Proof, proofOf } from '../../proxy/upstream/auth/client-methods.ts';
import { KEY } from '../arn.ts';
import { arn } from '../deployment/arn.ts';
import { SECRET_MEMBERS, type SecretEntry } from '../deployment/secret.ts';
import { checkArn, checkText, known } from '../faults.ts';
import type { KeyRef } from '../resource-ref.ts';
import { type MembersOf, oneOf, optional, type Parse, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { saying } from '../rules/schema.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type BoundSecret, type SecretOptions } from '../secret-source.ts';
import type { AuthSite } from './way.ts';

interface AssertionMembers {
  /**
   * How the client authenticates. `private_key_jwt`: with a private key, in the secret or in KMS; `tls_client_auth`: with
   * the upstream's client certificate; `web_identity`: with the execution role's own identity.
   * @default - as the issuer supports it; `private_key_jwt` with a key in KMS
   */
  readonly authMethod?: ClientMethod;
  /** How assertions are signed. @default - RS256, or as the key in the secret is */
  readonly signingAlgorithm?: SigningAlgorithm;
  /** The id by which the issuer knows the key (`kid`). @default - none, or that of a JWK */
  readonly keyId?: string;
  /** The SHA-256 digest of the key's certificate (`x5t#S256`), in hex or base64url. @default - none */
  readonly keyCertificate?: string;
  /** The audience of assertions. @default - the issuer, else the token endpoint; Entra ID's own with `web_identity` */
  readonly assertionAudience?: string;
}

export interface ProofOptions extends Partial<SecretOptions>, AssertionMembers {
  /** A key in KMS that signs the client's assertions, in place of a secret: an `IKey`, or `{ keyArn }`. @default - none */
  readonly signingKey?: KeyRef;
}

export interface ProofEntry extends Partial<SecretEntry>, AssertionMembers {
  /** A key in KMS that signs the client's assertions, by its id, in place of a secret. @default - none */
  readonly signingKeyArn?: string;
}

const digest: Parse<string> = saying(
  () => ({ type: 'string', description: 'A SHA-256 digest in hex or base64url' }),
  (value, place) =>
    typeof value === 'string' && certificateDigest(value) !== undefined
      ? value
      : place.expected('a SHA-256 digest in hex or base64url', value),
);

export const PROOF_MEMBERS = {
  secretArn: optional(SECRET_MEMBERS.secretArn.parse),
  encryptionKeyArn: SECRET_MEMBERS.encryptionKeyArn,
  signingKeyArn: optional(arn(KEY)),
  authMethod: optional(oneOf(CLIENT_METHODS)),
  signingAlgorithm: optional(oneOf(SIGNING_ALGORITHMS)),
  keyId: optional(textBy(TEXTS.clientId)),
  keyCertificate: optional(digest),
  assertionAudience: optional(textBy(TEXTS.audience)),
} satisfies MembersOf<ProofEntry>;

/** Reports an entry without what its client proves itself with, or with too much of it. */
export function checkProof({ secretArn, encryptionKeyArn, signingKeyArn, authMethod }: ProofEntry, place: Place): void {
  const proof = proofOf(authMethod, signingKeyArn !== undefined);
  if (proof === 'secret' && secretArn === undefined) SECRET_MEMBERS.secretArn.parse(undefined, place.at('secretArn'));
  if (proof !== 'secret' && secretArn !== undefined)
    place.at('secretArn').fault(`expected none with ${inWords(proof, authMethod, 'signingKeyArn')}, got one`);
  if (secretArn === undefined && encryptionKeyArn !== undefined)
    place.at('encryptionKeyArn').fault('expected none without secretArn, got one');
}

export interface BoundProof {
  readonly environment: {
    readonly SECRET: string | undefined;
    readonly AUTH_METHOD: ClientMethod | undefined;
    readonly SIGNING_KEY: string | undefined;
    readonly SIGNING_ALGORITHM: SigningAlgorithm | undefined;
    readonly KEY_ID: string | undefined;
    readonly KEY_CERTIFICATE: string | undefined;
    readonly ASSERTION_AUDIENCE: string | undefined;
    readonly STS_REGION: string | undefined;
  };
  readonly statements: readonly PolicyStatement[];
  readonly cognito: boolean;
}

export function bindProof(
  options: ProofOptions & { readonly issuer?: string; readonly tokenUrl?: string },
  site: AuthSite,
): BoundProof {
  const { authMethod, signingKey, signingAlgorithm, keyId, keyCertificate, assertionAudience } = options;
  const { stack, where, faults, hasCertificate } = site;
  checkText(keyId, TEXTS.clientId, `${where.auth}: keyId`, faults);
  checkText(assertionAudience, TEXTS.audience, `${where.auth}: assertionAudience`, faults);
  if (keyCertificate !== undefined && known(keyCertificate) && certificateDigest(keyCertificate) === undefined)
    faults.add(`${where.auth}: keyCertificate: expected a SHA-256 digest in hex or base64url, got another text`);
  const proof = proofOf(authMethod, signingKey !== undefined);
  const secret = boundSecret(options, proof, site);
  const asserts = proof === 'signing key' || authMethod === 'private_key_jwt' || proof === 'role';
  const surplus = { signingAlgorithm, keyId, keyCertificate, assertionAudience };
  for (const [name, value] of Object.entries(surplus))
    if (value !== undefined && (!asserts || (proof === 'role' && name.startsWith('key'))))
      faults.add(`${where.auth}: ${name}: expected none with ${inWords(proof, authMethod, 'signingKey')}, got one`);
  if (proof === 'certificate' && !hasCertificate)
    faults.add(`${where.upstream}: expected clientCertificate for authMethod ${authMethod}, got none`);
  const base = {
    SECRET: secret?.source,
    AUTH_METHOD: authMethod,
    SIGNING_KEY: undefined,
    SIGNING_ALGORITHM: signingAlgorithm,
    KEY_ID: keyId,
    KEY_CERTIFICATE: keyCertificate,
    ASSERTION_AUDIENCE: assertionAudience,
    STS_REGION: undefined,
  };
  const cognito = secret?.cognito === true;
  if (proof === 'signing key' && signingKey !== undefined) {
    if (authMethod !== undefined && authMethod !== 'private_key_jwt')
      faults.add(`${where.auth}: authMethod: expected private_key_jwt with signingKey, got ${authMethod}`);
    checkArn(signingKey.keyArn, KEY, `${where.auth}: signingKey`, stack, faults);
    const environment = { ...base, SIGNING_KEY: signingKey.keyArn };
    return { environment, statements: [signStatement(signingKey.keyArn, signingAlgorithm ?? 'RS256')], cognito };
  }
  if (proof === 'role') {
    const audience = assertionAudience ?? defaultAudience(knownOf(options.issuer), knownOf(options.tokenUrl));
    if (audience === undefined)
      faults.add(`${where.auth}: expected assertionAudience for authMethod web_identity, got nothing`);
    const algorithm = WEB_IDENTITY_ALGORITHMS.find((one) => one === (signingAlgorithm ?? 'RS256'));
    if (algorithm === undefined)
      faults.add(
        `${where.auth}: signingAlgorithm: expected ${WEB_IDENTITY_ALGORITHMS.join(' or ')}, which STS signs with, got ${signingAlgorithm}`,
      );
    return {
      environment: { ...base, ASSERTION_AUDIENCE: audience ?? '', STS_REGION: stack.region },
      statements: [identityStatement(audience ?? '', algorithm ?? 'RS256')],
      cognito,
    };
  }
  return { environment: base, statements: secret?.statements ?? [], cognito };
}

/** Only this key, and only with this algorithm. */
export function signStatement(keyArn: string, algorithm: SigningAlgorithm): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:Sign'],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:SigningAlgorithm': KMS_ALGORITHMS[algorithm] } },
  });
}

/** The action names no resource: the audience, the life and the algorithm of its tokens are what can be limited. */
function identityStatement(audience: string, algorithm: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['sts:GetWebIdentityToken'],
    resources: ['*'],
    conditions: {
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': audience },
      // Without it, a request without an audience would meet the condition above.
      Null: { 'sts:IdentityTokenAudience': 'false' },
      StringEquals: { 'sts:SigningAlgorithm': algorithm },
      NumericLessThanEquals: { 'sts:DurationSeconds': String(WEB_IDENTITY_SECONDS) },
    },
  });
}

function boundSecret(
  { secret, encryptionKey, authMethod }: ProofOptions,
  proof: Proof,
  { stack, where, faults }: AuthSite,
): BoundSecret | undefined {
  if (secret === undefined) {
    if (proof === 'secret') faults.add(`${where.auth}: expected secret, where the client's secret is, got nothing`);
    if (encryptionKey !== undefined) faults.add(`${where.auth}: encryptionKey: expected none without secret, got one`);
    return undefined;
  }
  if (proof !== 'secret')
    return faults.add(`${where.auth}: secret: expected none with ${inWords(proof, authMethod, 'signingKey')}, got one`);
  return bindSecret(stack, { secret, ...(encryptionKey === undefined ? {} : { encryptionKey }) }, where.auth, faults);
}

function inWords(proof: Proof, method: ClientMethod | undefined, key: string): string {
  return proof === 'signing key' ? key : method === undefined ? 'a client secret' : `authMethod ${method}`;
}

/** An address that is only known at deploy time is no audience. */
function knownOf(url: string | undefined): string | undefined {
  return url !== undefined && known(url) ? url : undefined;
}
