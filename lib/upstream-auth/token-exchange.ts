/** On behalf of the caller, by token exchange (RFC 8693). */
import { SUBJECT_TOKEN_TYPES, type SubjectTokenType } from '../../proxy/upstream/auth/subject-token-types.ts';
import { needed, object, oneOf, optional } from '../rules/parse.ts';
import {
  bindCallersTokens,
  checkCallersTokens,
  TOKEN_MEMBERS,
  type TokenEntry,
  type TokenOptions,
  tokenOptions,
} from './token-endpoint.ts';
import { way } from './way.ts';

interface ExchangeMembers {
  /** What the caller's token is. @default 'access_token' */
  readonly subjectTokenType?: SubjectTokenType;
  /** `client`: the proxy is named as the actor, with its own token. @default - no actor */
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
        subjectTokenType: optional(oneOf(SUBJECT_TOKEN_TYPES)),
        actor: optional(oneOf(['client'])),
      }),
    ),
  }),
  options: ({ tokenExchange }) => tokenOptions(tokenExchange),
  checkHome({ tokenExchange }, home, place) {
    checkCallersTokens(tokenExchange, home, place.at('tokenExchange'));
  },

  bind({ subjectTokenType, actor, ...tokens }, site) {
    const { environment, statements } = bindCallersTokens(tokens, site);
    return { environment: { ...environment, SUBJECT_TOKEN_TYPE: subjectTokenType, ACTOR: actor }, statements };
  },
});
