/** Values that no detector finds without evidence, with a name that says what each is. */
import {
  dateOfBirth,
  type Detector,
  passport,
  paymentCard,
  phone,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';

export interface Sample {
  readonly type: string;
  /** As people write it, and as programs do. */
  readonly names: readonly [label: string, key: string];
  readonly value: string;
}

export const SAMPLES: readonly Sample[] = [
  { type: 'phone', names: ['Mobile phone', 'mobile_phone'], value: '4155552671' },
  { type: 'payment-card', names: ['Card number', 'cardNumber'], value: '4222222222222' },
  { type: 'us-ssn', names: ['SSN', 'ssn'], value: '123456789' },
  { type: 'date-of-birth', names: ['Date of birth', 'birth_date'], value: '1980-02-03' },
  { type: 'passport', names: ['Passport number', 'passportNumber'], value: 'C01X00T47' },
  { type: 'secret', names: ['Password', 'db_password'], value: 'hunter2x' },
];

export const DETECTORS: readonly Detector[] = [
  phone({ countries: ['US'] }),
  paymentCard(),
  usSsn(),
  dateOfBirth(),
  passport(),
  secret(),
];
