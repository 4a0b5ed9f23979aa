/** The controls that come with the proxy: `agentcore-mcp-proxy/controls`. */
export {
  type AccessPolicy,
  type AccessPolicyOptions,
  accessPolicy,
  allow,
  type Decide,
  type Decision,
  deny,
  type Rule,
  type RuleSpec,
} from './access-policy/index.ts';
export { audit, type AuditFormat, type AuditOptions } from './audit/index.ts';
export {
  custom,
  type CustomOptions,
  dateOfBirth,
  type Detector,
  email,
  type Evidence,
  iban,
  ip,
  passport,
  personName,
  paymentCard,
  phone,
  type PhoneOptions,
  secret,
  type Span,
  usSsn,
} from './shared/detectors/index.ts';
export { enrichment, type EnrichmentOptions, type FixedArgument, type ToolChanges } from './enrichment/index.ts';
export {
  type Concurrency,
  type Limit,
  rateLimit,
  type RateLimitOptions,
  type RateLimitTable,
} from './rate-limit/index.ts';
export { type Redacted, redaction, type RedactionOptions } from './redaction/index.ts';
export { secrets, type SecretsOptions } from './secrets/index.ts';
export type { Scope } from './shared/surfaces/scope.ts';
export { tokenization, type TokenizationOptions } from './tokenization/index.ts';
export { toolLock, type ToolLockOptions } from './tool-lock/index.ts';
export { type Refusing, type ResultOptions, validation, type ValidationOptions } from './validation/index.ts';
