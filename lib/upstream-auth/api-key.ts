/** A static key in the URL's query, for servers that read it nowhere else. */
import { checkSecret, SECRET_MEMBERS, type SecretEntry, secretOptions } from '../deployment/secret.ts';
import { checkText } from '../faults.ts';
import { needed, object, textBy } from '../rules/parse.ts';
import { TEXTS } from '../rules/texts.ts';
import { bindSecret, type SecretOptions } from '../secret-source.ts';
import { way } from './way.ts';

export interface ApiKeyOptions extends SecretOptions {
  /** The query parameter that carries the key. */
  readonly parameter: string;
}

export interface ApiKeyEntry {
  readonly apiKey: SecretEntry & {
    /** The query parameter that carries the key. */
    readonly parameter: string;
  };
}

export const apiKey = way<'api-key', ApiKeyOptions, ApiKeyEntry>({
  name: 'api-key',
  written: 'as an object',
  key: 'apiKey',
  entry: object({ apiKey: needed(object({ ...SECRET_MEMBERS, parameter: needed(textBy(TEXTS.queryParameter)) })) }),
  options: ({ apiKey: { parameter, ...secret } }) => ({ ...secretOptions(secret), parameter }),
  checkHome: ({ apiKey }, home, place) => checkSecret(apiKey, home, place.at('apiKey')),

  bind({ parameter, ...secret }, { stack, where, faults }) {
    checkText(parameter, TEXTS.queryParameter, `${where.auth}: parameter`, faults);
    const { source, statements } = bindSecret(stack, secret, where.auth, faults);
    return { environment: { SECRET: source, PARAMETER: parameter }, statements };
  },
});
