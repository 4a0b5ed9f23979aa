/** `pwd` is a password in some programs, and the working directory in others. */
import { expect, test } from 'vitest';
import { secret } from '../../../../proxy/controls/shared/detectors/index.ts';

const detector = secret();

test.each([
  '/home/ann/projects/orders',
  '/srv/main',
  '/app',
  '/tmp/x8f3jd92kq/',
  '~/src/orders',
  'C:\\Users\\ann\\orders',
  'C:/Users/ann',
])('does not report the path %s under pwd', (path) => {
  expect(detector.find(path, { field: 'pwd' })).toEqual([]);
  expect(detector.find(path, { field: 'PWD' })).toEqual([]);
  expect(detector.find(`SHELL=/bin/sh\nPWD=${path}\nHOME=/root`)).toEqual([]);
  expect(detector.find(`{"pwd": ${JSON.stringify(path)}}`)).toEqual([]);
});

test.each(['hunter2', '/Secret1!', '/xK9$mPq2', 'a/b/c-9X', 'correcthorse'])(
  'reports %s under pwd as a secret',
  (password) => {
    expect(detector.find(password, { field: 'pwd' })).toEqual([{ start: 0, end: password.length, type: 'secret' }]);
  },
);

test.each(['password', 'db_pwd', 'passwd', 'userPwd'])(
  'reports a path under %s as a secret, like any other value there',
  (field) => {
    expect(detector.find('/home/ann/orders', { field })).toHaveLength(1);
  },
);
