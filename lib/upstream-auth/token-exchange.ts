/** On behalf of the caller, by token exchange (RFC 8693). */
import { SUBJECT_TOKEN_TYPES, type SubjectTokenType } from '../../proxy/upstream/auth/subject-token-types.ts';
import { checkSecret } from '../deployment/secret.ts';
import { checkText } from '../faults.ts';
import { needed, object, oneOf, optional, textBy } from '../rules/parse.ts';
import { TEXTS } from '../rules/texts.ts';
import {
  bindTokens,
  checkServer,
  TOKEN_MEMBERS,
  type TokenEntry,
  type TokenOptions,
  tokenOptions,
} from './token-endpoint.ts';
import { way } from './way.ts';

interface ExchangeMembers {
  /** The logical name of the service that the token is for (RFC 8693 §2.1). @default - none */
  readonly audience?: string;
  /** What the caller's token is. @default 'access_token' */
  readonly subjectTokenType?: SubjectTokenType;
  /** `client`: the proxy is named as the actor, with a token of its own. @default - no actor */
  readonly actor?: 'client';
}

export interface TokenExchangeOptions extends TokenOptions, ExchangeMembers {}

export interface TokenExchangeEntry {
  readonly tokenExchange: TokenEntry & ExchangeMembers;
}

export const tokenExchange = way<'token-exchange', TokenExchangeOptions, TokenExchangeEntry>({
  name: 'token-exchange',
  written: 'as an object',
  key: 'tokenExchange',
  onBehalf: true,
  entry: object({
    tokenExchange: needed(
      object({
        ...TOKEN_MEMBERS,
        audience: optional(textBy(TEXTS.audience)),
        subjectTokenType: optional(oneOf(SUBJECT_TOKEN_TYPES)),
        actor: optional(oneOf(['client'])),
      }),
    ),
  }),
  options: ({ tokenExchange }) => tokenOptions(tokenExchange),
  checkHome({ tokenExchange }, home, place) {
    const at = place.at('tokenExchange');
    checkServer(tokenExchange, at);
    checkSecret(tokenExchange, home, at);
  },

  bind({ audience, subjectTokenType, actor, ...tokens }, site) {
    const { environment, statements } = bindTokens(tokens, site);
    checkText(audience, TEXTS.audience, `${site.where.auth}: audience`, site.faults);
    return {
      environment: {
        ...environment,
        ...(audience === undefined ? {} : { AUDIENCE: audience }),
        ...(subjectTokenType === undefined ? {} : { SUBJECT_TOKEN_TYPE: subjectTokenType }),
        ...(actor === undefined ? {} : { ACTOR: actor }),
      },
      statements,
    };
  },
});
