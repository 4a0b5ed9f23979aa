/** What detectors look for: beginnings without ends, ends without beginnings, and what is found, to be repeated over and over. */
export const UNITS: readonly string[] = [
  'a', '1', '@', 'a@', 'a.', 'a@b.', '1 ', '1-', '12 ', '1234 ', '4111 ', '4111 1111 1111 1111 ', '+1 ', '+1 415 555 2671 ', '(415) 555-2671 ', '(1', '030 901820 ', '123-45-6789 ', '1.', '1.2.3.4 ', ':', 'a:', '2001:db8::1 ', 'fe80::', 'DE89 3704 0044 0532 0130 00 ', 'DE89', 'DE89\u200b',
  'born 1980-05-17 ', '17 May 1980 ', 'passport X1234567 ', 'password=', 'password: a1b2c3 ', 'password="', 'eyJ', 'eyJ.', 'eyJhbGciOiJIUzI1NiJ9.', '-----BEGIN ', '-----BEGIN RSA PRIVATE KEY-----\nMIIabcdefghijkl', '://', '://a:b@', 'ghp_', 'AKIAIOSFODNN7ABCDEFG ', '<', '"@', '"a"@b.co ', '@[', '00 ', '\u200b', '1\u200b', '用@',
  '{"a":1,"b":"x"},', 'Bearer a1B2c3D4e5F6g7H8i9J0 ', '1:AA', 'E-', 'E-123456 ', '_', '\\n', '=', "'", 'tel 1 1 1 1 ', 'is ',
];
