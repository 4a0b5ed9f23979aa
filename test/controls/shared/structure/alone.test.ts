/** A detector that is called alone reads the structure of a text, too. */
import { expect, test } from 'vitest';
import {
  dateOfBirth,
  type Detector,
  passport,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';

test.each([
  [dateOfBirth(), 'PID|1||12345^^^MRN||DOE^JOHN||19800203|M', '19800203'],
  [dateOfBirth(), 'name,dob,city\nMara,1980-02-03,Bonn\nTom,1979-04-05,Ulm', '1980-02-03'],
  [passport(), 'name\tpassport_no\nMara\tC01X00T47\n', 'C01X00T47'],
  [usSsn(), '<tr><th>Name</th><th>SSN</th></tr><tr><td>Mara</td><td>123456789</td></tr>', '123456789'],
  [secret(), 'user,password\nmara,Tr0ub4dor&3\ntom,hunter2x', 'Tr0ub4dor&3'],
])('%j', (detector, text, found) => {
  expect(detector.find(text).map(({ start, end }) => text.slice(start, end))).toContain(found);
});

test('a copy with another function finds only what that function finds', () => {
  const copy: Detector = { ...dateOfBirth(), find: () => [] };
  expect(copy.find('name,dob\nMara,1980-02-03\nTom,1979-04-05')).toEqual([]);
});
