/** The options with which a control that inspects content inspects most. */
import {
  custom,
  dateOfBirth,
  type Detector,
  email,
  iban,
  ip,
  passport,
  paymentCard,
  phone,
  secret,
  usSsn,
} from '../../../proxy/controls/shared/detectors/index.ts';

export const hiddenFields = [{ path: '**.hidden' }, { path: 'list[*].hidden' }] as const;

export function everyDetector(): readonly Detector[] {
  return [
    email(),
    iban(),
    ip(),
    paymentCard(),
    phone({ countries: ['DE', 'US'] }),
    secret(),
    dateOfBirth(),
    passport(),
    usSsn(),
    custom({ name: 'employee', pattern: 'E-\\d{6}' }),
  ];
}
