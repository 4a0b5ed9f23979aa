/**
 * Stand-ins of KMS and STS on loopback: they verify each request's signature, ask the role's policy as IAM does, and really
 * sign. What they don't know, they refuse.
 */
import { constants, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, type JWK, SignJWT } from 'jose';
import { allows } from '../e2e/aws/iam.ts';
import { type Loopback, startLoopback } from './loopback.ts';
import { verifySigV4 } from './sigv4-verifier.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/proxy`;
/** As the SDK reads them. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'ASIATEST',
  AWS_SECRET_ACCESS_KEY: 'secret-access-key',
  AWS_SESSION_TOKEN: 'session-token',
};

export type KeySpec = 'RSA_2048' | 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'ECC_NIST_P521' | 'ECC_NIST_EDWARDS25519';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What each key spec signs (KMS's developer guide, key spec reference). */
const SPECS: Readonly<Record<KeySpec, { readonly algorithms: RegExp; readonly make: () => Pair }>> = {
  RSA_2048: { algorithms: /^RSASSA_/, make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
  ECC_NIST_P256: { algorithms: /^ECDSA_SHA_256$/, make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  ECC_NIST_P384: { algorithms: /^ECDSA_SHA_384$/, make: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }) },
  ECC_NIST_P521: { algorithms: /^ECDSA_SHA_512$/, make: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }) },
  ECC_NIST_EDWARDS25519: { algorithms: /^ED25519_SHA_512$/, make: () => generateKeyPairSync('ed25519') },
};

/** By spec: the first, second … key of an account. Creating one is the slowest part of most tests. */
const made = new Map<KeySpec, Pair[]>();

function pairOf(spec: KeySpec, number: number): Pair {
  const pairs = made.get(spec) ?? [];
  made.set(spec, pairs);
  return (pairs[number] ??= SPECS[spec].make());
}

export interface SigningServices extends AsyncDisposable {
  /** For the SDK: endpoints and credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** `kms Sign ARN ALGORITHM` or `sts GetWebIdentityToken AUDIENCE ALGORITHM SECONDS`, of each allowed request. */
  readonly asked: readonly string[];
  /** The statements of the role's policies. */
  role: readonly unknown[];
  /** The account gives out tokens of identities. */
  federates: boolean;
  /** The issuer of the account's tokens. */
  readonly issuer: string;
  readonly issuerKeys: { readonly keys: readonly JWK[] };
  /** Returns the new key's ARN. */
  createKey(spec: KeySpec): { readonly arn: string; readonly publicKey: KeyObject };
}

class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export async function startSigningServices(): Promise<SigningServices> {
  const keys = new Map<string, Pair & { readonly spec: KeySpec }>();
  const asked: string[] = [];
  const issuer = `https://${randomUUID()}.tokens.sts.global.api.aws`;
  let created = 0;
  const own = { RS256: pairOf('RSA_2048', created++), ES384: pairOf('ECC_NIST_P384', created++) };
  const issuerKeys = {
    keys: await Promise.all(
      Object.entries(own).map(async ([alg, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid: alg, alg })),
    ),
  };

  const demand = (action: string, resource: string, context: Readonly<Record<string, string>>): void => {
    if (!allows([{ Version: '2012-10-17', Statement: self.role } as never], { action, resource, context }))
      throw new Refusal('AccessDenied', `${ROLE_ARN} is not authorized to perform ${action} on ${resource}`);
  };

  function kms(target: string | undefined, body: Buffer): unknown {
    if (target !== 'TrentService.Sign') throw new Refusal('UnknownOperation', 'only Sign is known here');
    const {
      KeyId: arn = '',
      Message = '',
      MessageType = 'RAW',
      SigningAlgorithm: algorithm = '',
      ...rest
    } = JSON.parse(body.toString()) as Partial<Record<string, string>>;
    if (Object.keys(rest).length > 0) throw new Refusal('ValidationException', `${Object.keys(rest).join()} not known`);
    demand('kms:Sign', arn, { 'kms:SigningAlgorithm': algorithm, 'kms:MessageType': MessageType });
    const key = keys.get(arn);
    if (key === undefined) throw new Refusal('NotFoundException', `Key '${arn}' does not exist`);
    if (!SPECS[key.spec].algorithms.test(algorithm))
      throw new Refusal(
        'InvalidKeyUsageException',
        `Algorithm ${algorithm} and key spec ${key.spec} are incompatible.`,
      );
    const message = Buffer.from(Message, 'base64');
    asked.push(`kms Sign ${arn} ${algorithm}`);
    return { KeyId: arn, SigningAlgorithm: algorithm, Signature: signed(key, algorithm, MessageType, message) };
  }

  async function sts(form: URLSearchParams): Promise<string> {
    if (form.get('Action') !== 'GetWebIdentityToken') throw new Refusal('InvalidAction', 'not known here');
    const audience = [...form].flatMap(([name, value]) => (name.startsWith('Audience.member.') ? [value] : []));
    const seconds = Number(form.get('DurationSeconds') ?? 300);
    const algorithm = form.get('SigningAlgorithm') ?? '';
    demand('sts:GetWebIdentityToken', '*', {
      'sts:IdentityTokenAudience': JSON.stringify(audience),
      'sts:SigningAlgorithm': algorithm,
      'sts:DurationSeconds': String(seconds),
    });
    if (!self.federates) throw new Refusal('OutboundWebIdentityFederationDisabledException', 'not enabled');
    if (seconds < 60 || seconds > 3600 || audience.length === 0 || !Object.hasOwn(own, algorithm))
      throw new Refusal('ValidationError', 'expected 60 to 3600 s, an audience, RS256 or ES384');
    asked.push(`sts GetWebIdentityToken ${audience.join(' ')} ${algorithm} ${seconds}`);
    const alg = algorithm === 'RS256' ? 'RS256' : 'ES384';
    const token = await new SignJWT({ 'https://sts.amazonaws.com/': { aws_account: ACCOUNT } })
      .setProtectedHeader({ alg, kid: alg, typ: 'JWT' })
      .setIssuer(issuer)
      .setSubject(ROLE_ARN)
      .setAudience(audience)
      .setIssuedAt()
      .setJti(randomUUID())
      .setExpirationTime(`${seconds} s`)
      .sign(own[alg].privateKey);
    const expires = new Date(Date.now() + seconds * 1000).toISOString();
    return `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult><WebIdentityToken>${token}</WebIdentityToken><Expiration>${expires}</Expiration></GetWebIdentityTokenResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetWebIdentityTokenResponse>`;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const target = request.headers['x-amz-target'];
    const service = target === undefined ? 'sts' : 'kms';
    try {
      const verdict = verifySigV4(
        { method: request.method ?? '', target: request.url ?? '', rawHeaders: request.rawHeaders, body },
        {
          region: REGION,
          service,
          secretFor: (id, token) =>
            id === CREDENTIALS.AWS_ACCESS_KEY_ID && token === CREDENTIALS.AWS_SESSION_TOKEN
              ? CREDENTIALS.AWS_SECRET_ACCESS_KEY
              : undefined,
        },
      );
      if (!verdict.accepted) throw new Refusal(verdict.error, verdict.reason);
      if (service === 'sts') {
        const token = await sts(new URLSearchParams(body.toString()));
        return void response.writeHead(200, { 'content-type': 'text/xml' }).end(token);
      }
      const found = JSON.stringify(kms(String(target), body));
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(found);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message } = error;
      if (service === 'sts')
        return void response
          .writeHead(400, { 'content-type': 'text/xml' })
          .end(
            `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
          );
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: code === 'AccessDenied' ? 'AccessDeniedException' : code, message }));
    }
  }

  const server: Loopback = await startLoopback((request, response) => void answer(request, response));
  const self: SigningServices = {
    environment: {
      ...CREDENTIALS,
      AWS_ENDPOINT_URL_KMS: server.url,
      AWS_ENDPOINT_URL_STS: server.url,
      AWS_REGION: REGION,
    },
    asked,
    role: [],
    federates: true,
    issuer,
    issuerKeys,
    createKey(spec) {
      const arn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${randomUUID()}`;
      const pair = pairOf(spec, created++);
      keys.set(arn, { ...pair, spec });
      return { arn, publicKey: pair.publicKey };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
  return self;
}

/** In base64. ECDSA's is DER, as from KMS. */
function signed({ privateKey }: Pair, algorithm: string, type: string, message: Buffer): string {
  if (type !== 'RAW' || message.length > 4096)
    throw new Refusal('ValidationException', 'this stand-in signs raw messages of at most 4096 bytes');
  if (algorithm === 'ED25519_SHA_512') return sign(null, message, privateKey).toString('base64');
  const padding = algorithm.startsWith('RSASSA_PSS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return sign(`sha${/\d+$/.exec(algorithm)?.[0]}`, message, { key: privateKey, ...padding }).toString('base64');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
