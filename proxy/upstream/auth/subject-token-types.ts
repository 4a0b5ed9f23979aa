/** What a caller's token may be called in a token exchange: the last part of the type's name (RFC 8693 §3). */
export const SUBJECT_TOKEN_TYPES = ['access_token', 'jwt', 'id_token'] as const;
export type SubjectTokenType = (typeof SUBJECT_TOKEN_TYPES)[number];
