/** A static key or token in a header. */
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SECRET_HEADER } from '../../proxy/upstream/auth/secret-header.ts';
import { checkHome, secretArn } from '../deployment/arn.ts';
import { got, known } from '../faults.ts';
import { needed, object, optional, text } from '../rules/parse.ts';
import { bindSecret, SECRET_ELSEWHERE, type UpstreamSecret } from '../secret-source.ts';
import { way } from './way.ts';

export interface BearerOptions {
  /** The place of the key or token. The proxy reads it at run time. */
  readonly secret: UpstreamSecret;
  /** The header that carries it without a prefix. @default - `Authorization: Bearer …` */
  readonly header?: string;
  /** The KMS key of a secret that is given by its ARN. @default - the secret's own if it is known; else AWS's */
  readonly encryptionKey?: IKey;
}

export interface BearerEntry {
  readonly bearer: {
    /** The secret's ARN. With `#KEY` at its end, it names one member of a secret that holds JSON. */
    readonly secretArn: string;
    /** The header that carries it. @default - `Authorization: Bearer …` */
    readonly header?: string;
  };
}

export const bearer = way<'bearer', BearerOptions, BearerEntry>({
  name: 'bearer',
  written: 'as an object',
  key: 'bearer',
  entry: object({
    bearer: needed(
      object({
        secretArn: needed(secretArn),
        header: optional(text(SECRET_HEADER, 'the name of a header for the secret')),
      }),
    ),
  }),
  options: ({ bearer: { secretArn, ...rest } }) => ({ ...rest, secret: secretArn }),
  checkHome: (entry, home, place) =>
    checkHome(entry.bearer.secretArn, home, place.at('bearer').at('secretArn'), SECRET_ELSEWHERE),

  bind({ secret, header, encryptionKey }, { stack, faults }) {
    if (known(header) && !SECRET_HEADER.test(header)) {
      faults.add(
        `upstreamAuth: expected authorization or another header that the upstream reads, such as X-Api-Key, got ${got(header)}`,
      );
    }
    const { source, statements } = bindSecret(stack, secret, encryptionKey, 'upstreamAuth: secret', faults);
    return { environment: { SECRET: source, ...(header === undefined ? {} : { HEADER: header }) }, statements };
  },
});
