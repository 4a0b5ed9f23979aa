/** On behalf of the caller, with the caller's token as an assertion (RFC 7523): Microsoft Entra ID's way. */
import { checkText } from '../faults.ts';
import { needed, object, optional, textBy } from '../rules/parse.ts';
import { TEXTS } from '../rules/texts.ts';
import {
  bindCallersTokens,
  checkCallersTokens,
  TOKEN_MEMBERS,
  type TokenEntry,
  type TokenOptions,
  tokenOptions,
} from './token-endpoint.ts';
import { way } from './way.ts';

interface AssertionMembers {
  /** `requested_token_use`. @default - on_behalf_of at Microsoft Entra ID, else none */
  readonly tokenUse?: string;
}

export interface JwtBearerOptions extends TokenOptions, AssertionMembers {}

export interface JwtBearerEntry {
  readonly jwtBearer: TokenEntry & AssertionMembers;
}

export const jwtBearer = way<'jwt-bearer', JwtBearerOptions, JwtBearerEntry>({
  name: 'jwt-bearer',
  written: 'as an object',
  key: 'jwtBearer',
  onBehalf: true,
  entry: object({ jwtBearer: needed(object({ ...TOKEN_MEMBERS, tokenUse: optional(textBy(TEXTS.tokenUse)) })) }),
  options: ({ jwtBearer }) => tokenOptions(jwtBearer),
  checkHome({ jwtBearer }, home, place) {
    checkCallersTokens(jwtBearer, home, place.at('jwtBearer'));
  },

  bind({ tokenUse, ...tokens }, site) {
    const { environment, statements } = bindCallersTokens(tokens, site);
    checkText(tokenUse, TEXTS.tokenUse, `${site.where.auth}: tokenUse`, site.faults);
    return { environment: { ...environment, TOKEN_USE: tokenUse }, statements };
  },
});
