/**
 * Detectors of personal data and secrets in the strings of a call and its reply. `docs/detectors.md` says what each
 * finds, with measurements.
 */
export { custom, type CustomOptions } from './custom.ts';
export { dateOfBirth } from './date-of-birth.ts';
export type { Detector, Evidence, Span } from './detector.ts';
export { email } from './email.ts';
export { findAll, loadDetectors, searchAll, useOnce } from './find-all.ts';
export { iban } from './iban.ts';
export { ip } from './ip.ts';
export { passport } from './passport.ts';
export { personName } from './person-name.ts';
export { paymentCard } from './card.ts';
export { findsTheSame } from './parts.ts';
export { phone, type PhoneOptions } from './phone.ts';
export { secret } from './secret.ts';
export { usSsn } from './us-ssn.ts';
