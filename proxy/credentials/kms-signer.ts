/**
 * Signs with an asymmetric key in KMS, which never leaves it. Only `kms:Sign` is needed: the algorithm is configured,
 * since asking for it would take `kms:GetPublicKey` for nothing else.
 */
import { UpstreamFailure } from '../base/errors.ts';
import { AWS_CLIENT, awsRefusal } from './aws-client.ts';
import type { KmsKey } from './kms-key.ts';
import { KMS_ALGORITHMS, type SigningAlgorithm } from './signing-algorithms.ts';

/** Returns the signature in the form of JWS (RFC 7518 §3). */
export type Sign = (text: string) => Promise<Buffer>;

/** Bytes of a message that KMS signs. */
const MAX_MESSAGE = 4_096;
/** Bytes of each half of a signature (RFC 7518 §3.4). */
const HALF: Partial<Record<SigningAlgorithm, number>> = { ES256: 32, ES384: 48, ES512: 66 };

export function kmsSigner({ arn, region }: KmsKey, algorithm: SigningAlgorithm): Sign {
  return async (text) => {
    const bytes = Buffer.from(text);
    if (bytes.length > MAX_MESSAGE)
      throw new UpstreamFailure(
        'upstream-auth',
        `what the key ${arn} has to sign has ${bytes.length} bytes, expected at most ${MAX_MESSAGE}, KMS's limit: shorten the client's id or the audience`,
      );
    const { KMSClient, SignCommand } = await import('@aws-sdk/client-kms');
    const client = new KMSClient({ ...AWS_CLIENT, region });
    let signature: Uint8Array | undefined;
    try {
      const signed = await client.send(
        new SignCommand({
          KeyId: arn,
          // KMS hashes it.
          Message: bytes,
          MessageType: 'RAW',
          SigningAlgorithm: KMS_ALGORITHMS[algorithm],
        }),
      );
      signature = signed.Signature;
    } catch (error) {
      throw awsRefusal(error, `could not sign with the key ${arn}`, {
        AccessDeniedException: `allow the execution role kms:Sign on it with ${KMS_ALGORITHMS[algorithm]}, also in the key's own policy`,
        InvalidKeyUsageException: `expected a key for SIGN_VERIFY that signs ${algorithm}: set the algorithm to one that its spec has`,
        ValidationException: `expected a key for SIGN_VERIFY that signs ${algorithm}: set the algorithm to one that its spec has`,
        DisabledException: 'enable the key',
        KMSInvalidStateException: 'the key is disabled, or is to be deleted',
        NotFoundException: 'there is no such key in that account and region',
      });
    } finally {
      client.destroy();
    }
    const half = HALF[algorithm];
    const given = Buffer.from(signature ?? []);
    const read = half === undefined ? given : joined(given, half);
    if (read === undefined || read.length === 0)
      throw new UpstreamFailure('upstream-auth', `the key ${arn} gave no ${algorithm} signature, expected one`);
    return read;
  };
}

/** ECDSA's two numbers, in DER from KMS (RFC 3279 §2.2.3), each in a fixed length. Undefined if it isn't that. */
function joined(der: Buffer, half: number): Buffer | undefined {
  const long = der[1] === 0x81 ? 1 : 0;
  if (der[0] !== 0x30 || der[1 + long] !== der.length - 2 - long) return undefined;
  const result = Buffer.alloc(2 * half);
  let at = 2 + long;
  for (const end of [half, 2 * half]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    if (der[at] !== 0x02 || length === 0 || number.length !== length) return undefined;
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if (digits.length > half) return undefined;
    digits.copy(result, end - digits.length);
    at += 2 + length;
  }
  return at === der.length ? result : undefined;
}
