/**
 * The header that AgentCore Runtime passes on once its authorizer has verified the token. Behind it the proxy reads the
 * claims and does not check the signature again, so anything stands for it here.
 */
export function tokenOf(claims: Readonly<Record<string, unknown>>): { readonly Authorization: string } {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return { Authorization: `Bearer ${part({ alg: 'ES256' })}.${part(claims)}.checked-by-agentcore` };
}
