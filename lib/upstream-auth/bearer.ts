/** A static key or token in a header. */
import { checkSecret, SECRET_MEMBERS, type SecretEntry, secretOptions } from '../deployment/secret.ts';
import { checkText } from '../faults.ts';
import { needed, object, optional, textBy } from '../rules/parse.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type SecretOptions } from '../secret-source.ts';
import { way } from './way.ts';

export interface BearerOptions extends SecretOptions {
  /** The header that carries it without a prefix. @default - `Authorization: Bearer …` */
  readonly header?: string;
}

export interface BearerEntry {
  readonly bearer: SecretEntry & {
    /** The header that carries it. @default - `Authorization: Bearer …` */
    readonly header?: string;
  };
}

export const bearer = way<'bearer', BearerOptions, BearerEntry>({
  name: 'bearer',
  written: 'as an object',
  key: 'bearer',
  entry: object({ bearer: needed(object({ ...SECRET_MEMBERS, header: optional(textBy(TEXTS.secretHeader)) })) }),
  options: ({ bearer: { header, ...secret } }) => ({
    ...secretOptions(secret),
    ...(header === undefined ? {} : { header }),
  }),
  checkHome: ({ bearer }, home, place) => checkSecret(bearer, home, place.at('bearer')),

  bind({ header, ...secret }, { stack, where, faults }) {
    checkText(header, TEXTS.secretHeader, `${where.auth}: header`, faults);
    const { source, statements } = bindSecret(stack, secret, where.auth, faults);
    return { environment: { SECRET: source, HEADER: header }, statements };
  },
});
