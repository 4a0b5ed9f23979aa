/** What the proxy's client authenticates with at a token endpoint: the bindings of it, and what they lead to. */
import { given } from '../../base/environment.ts';
import { shownBinding } from '../../base/shown-binding.ts';
import { defaultAudience } from '../../credentials/entra-id.ts';
import { OIDC_DOCUMENT } from '../../credentials/issuer-id.ts';
import { type KmsKey, parseKmsKey } from '../../credentials/kms-key.ts';
import { readSecret, type SecretSource, warmSecret } from '../../credentials/secret.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../credentials/signing-algorithms.ts';
import { MAX_AUDIENCE, type WebIdentity, WEB_IDENTITY_ALGORITHMS } from '../../credentials/web-identity-form.ts';
import { certificateDigest } from './certificate-digest.ts';
import type { AssertionOptions } from './client-assertion.ts';
import { CLIENT_METHODS, type ClientMethod, type Proof, proofOf } from './client-methods.ts';
import type { TokenClientOptions } from './token-client.ts';
import { readSecretSource, SECRET_WORDS, type WayBindings } from './way.ts';

export const PROOF_VARIABLES = {
  AUTH_METHOD: `how the client authenticates: ${CLIENT_METHODS.join(' | ')}; with private_key_jwt the secret is a private key (or SIGNING_KEY), with tls_… the client certificate takes its place, with web_identity the identity of the role; default: what the issuer supports`,
  SIGNING_KEY: 'private_key_jwt with a key that stays in KMS: its ARN, in place of the secret',
  SIGNING_ALGORITHM: `how assertions are signed: ${SIGNING_ALGORITHMS.join(' | ')}; default RS256, or as the key in the secret is`,
  KEY_ID: 'the id by which the issuer knows the key (kid)',
  KEY_CERTIFICATE: "the SHA-256 digest of the key's certificate (x5t#S256), in hex or base64url",
  ASSERTION_AUDIENCE: "the audience of the client's assertion; default: the issuer, else the token endpoint",
  STS_REGION: 'web_identity: the region of STS; default AWS_REGION',
  SECRET: SECRET_WORDS,
} as const;

type Bindings = WayBindings<keyof typeof PROOF_VARIABLES | 'ISSUER' | 'TOKEN_URL'>;

export interface ProofBindings {
  readonly authMethod: ClientMethod | undefined;
  readonly proof:
    | { readonly kind: 'secret'; readonly source: SecretSource }
    | { readonly kind: 'certificate' }
    | { readonly kind: 'signing key'; readonly key: KmsKey; readonly algorithm: SigningAlgorithm }
    | { readonly kind: 'role'; readonly identity: WebIdentity };
  readonly assertion: AssertionOptions;
}

/** What each proof reads; any other of these is a mistake. */
const READS: Readonly<Record<Proof, readonly (keyof typeof PROOF_VARIABLES)[]>> = {
  secret: ['SECRET', 'SIGNING_ALGORITHM', 'KEY_ID', 'KEY_CERTIFICATE', 'ASSERTION_AUDIENCE'],
  'signing key': ['SIGNING_KEY', 'SIGNING_ALGORITHM', 'KEY_ID', 'KEY_CERTIFICATE', 'ASSERTION_AUDIENCE'],
  certificate: [],
  role: ['SIGNING_ALGORITHM', 'ASSERTION_AUDIENCE', 'STS_REGION'],
};
const OF_ASSERTIONS = ['SIGNING_ALGORITHM', 'KEY_ID', 'KEY_CERTIFICATE', 'ASSERTION_AUDIENCE'] as const;

export function readProof(bindings: Bindings): ProofBindings | undefined {
  const { prefix, get, faults } = bindings;
  const authMethod = oneOf('AUTH_METHOD', CLIENT_METHODS, bindings);
  const algorithm = oneOf('SIGNING_ALGORITHM', SIGNING_ALGORITHMS, bindings);
  const kind = proofOf(authMethod, get('SIGNING_KEY') !== undefined);
  const makesNoAssertion = kind === 'secret' && authMethod !== 'private_key_jwt';
  const read = READS[kind].filter((name) => !(makesNoAssertion && OF_ASSERTIONS.some((other) => other === name)));
  for (const name of Object.values(READS).flat())
    if (
      !read.includes(name) &&
      get(name) !== undefined &&
      !faults.errors.some((one) => one.startsWith(`${prefix}_${name}:`))
    )
      faults.error(`${prefix}_${name}: expected none with ${inWords(kind, authMethod, prefix)}, got one`);
  if (kind === 'signing key' && authMethod !== undefined && authMethod !== 'private_key_jwt')
    faults.error(`${prefix}_AUTH_METHOD: expected private_key_jwt with ${prefix}_SIGNING_KEY, got ${authMethod}`);
  const digest = get('KEY_CERTIFICATE');
  const readDigest = digest === undefined ? undefined : certificateDigest(digest);
  if (digest !== undefined && readDigest === undefined)
    faults.error(`${prefix}_KEY_CERTIFICATE: expected a SHA-256 digest in hex or base64url, got another text`);
  const proof = proofIn(kind, algorithm, bindings);
  // As it is written: issuers compare it, and a URL would have a slash more. Discovery finds the issuer's own spelling.
  const named = get('TOKEN_URL') === undefined ? undefined : get('ISSUER');
  const issuer = named?.endsWith(OIDC_DOCUMENT) === true ? named.slice(0, -OIDC_DOCUMENT.length) : named;
  const assertion = {
    audience: get('ASSERTION_AUDIENCE') ?? issuer,
    algorithm,
    keyId: get('KEY_ID'),
    digest: readDigest,
  };
  return proof === undefined ? undefined : { authMethod, proof, assertion };
}

function proofIn(
  kind: Proof,
  algorithm: SigningAlgorithm | undefined,
  bindings: Bindings,
): ProofBindings['proof'] | undefined {
  const { prefix, get, faults, environment } = bindings;
  switch (kind) {
    case 'secret': {
      const source = readSecretSource(bindings);
      return source && { kind, source };
    }
    case 'certificate':
      if (bindings.hasCertificate) return { kind };
      return faults.error(
        `${prefix}_CLIENT_CERTIFICATE: expected where the client certificate is, for ${prefix}_AUTH_METHOD=${get('AUTH_METHOD')}, got nothing`,
      );
    case 'signing key': {
      const parsed = parseKmsKey(get('SIGNING_KEY') ?? '');
      if ('error' in parsed) return faults.error(`${prefix}_SIGNING_KEY: ${parsed.error}`);
      return { kind, key: parsed.key, algorithm: algorithm ?? 'RS256' };
    }
    case 'role': {
      const audience = get('ASSERTION_AUDIENCE') ?? defaultAudience(get('ISSUER'), get('TOKEN_URL'));
      const region = get('STS_REGION') ?? given(environment, 'AWS_REGION') ?? given(environment, 'AWS_DEFAULT_REGION');
      const signs = WEB_IDENTITY_ALGORITHMS.find((known) => known === (algorithm ?? 'RS256'));
      if (signs === undefined)
        faults.error(
          `${prefix}_SIGNING_ALGORITHM: expected ${WEB_IDENTITY_ALGORITHMS.join(' or ')}, which STS signs with, got ${algorithm}`,
        );
      if (region === undefined || !/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region))
        faults.error(
          `${prefix}_STS_REGION: expected the region whose STS is asked (or AWS_REGION), got ${shownBinding(region)}`,
        );
      if (audience !== undefined && audience.length > MAX_AUDIENCE)
        faults.error(
          `${prefix}_ASSERTION_AUDIENCE: expected at most ${MAX_AUDIENCE} characters, got ${audience.length}`,
        );
      // A server without any address is reported already.
      if (region === undefined || signs === undefined || audience === undefined) return undefined;
      return { kind, identity: { region, audience, algorithm: signs } };
    }
  }
}

/** What the client authenticates with. The code for it is loaded when it is first needed. */
export function proving({
  proof,
  authMethod,
  assertion,
}: ProofBindings): Pick<TokenClientOptions, 'secret' | 'proof' | 'assertion' | 'authMethod'> {
  switch (proof.kind) {
    case 'secret':
      return { authMethod, assertion, secret: () => readSecret(proof.source) };
    case 'certificate':
      return { authMethod };
    case 'signing key':
      return {
        assertion,
        proof: async (options) => {
          const [{ assertionSignedBy }, { kmsSigner }] = await Promise.all([
            import('./client-assertion.ts'),
            import('../../credentials/kms-signer.ts'),
          ]);
          return assertionSignedBy(kmsSigner(proof.key, proof.algorithm), proof.algorithm, options);
        },
      };
    case 'role':
      return {
        proof: async () => {
          const [{ assertionOf }, { webIdentityToken }] = await Promise.all([
            import('./client-assertion.ts'),
            import('../../credentials/web-identity.ts'),
          ]);
          return assertionOf(() => webIdentityToken(proof.identity));
        },
      };
  }
}

/** Loads what `proving` needs later, and reads nothing. */
export async function warmProof(proof: ProofBindings['proof']): Promise<void> {
  if (proof.kind === 'secret') await warmSecret(proof.source);
  if (proof.kind === 'signing key')
    await Promise.all([
      import('./client-assertion.ts'),
      import('../../credentials/kms-signer.ts'),
      import('@aws-sdk/client-kms'),
    ]);
  if (proof.kind === 'role')
    await Promise.all([
      import('./client-assertion.ts'),
      import('../../credentials/web-identity.ts'),
      import('@aws-sdk/client-sts'),
    ]);
}

function oneOf<const T extends string>(
  name: keyof typeof PROOF_VARIABLES,
  known: readonly T[],
  { prefix, get, faults }: Bindings,
): T | undefined {
  const text = get(name);
  const found = known.find((one) => one === text);
  if (text !== undefined && found === undefined)
    faults.error(
      `${prefix}_${name}: expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}, got ${shownBinding(text)}`,
    );
  return found;
}

function inWords(kind: Proof, method: ClientMethod | undefined, prefix: string): string {
  if (kind === 'signing key') return `${prefix}_SIGNING_KEY`;
  return method === undefined ? 'a client secret' : `${prefix}_AUTH_METHOD=${method}`;
}
