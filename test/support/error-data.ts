/** What an error of the proxy has in `data`, in the tests that compare all of it. */
import { expect } from 'vitest';
import type { ErrorCode } from '../../proxy/base/errors.ts';
import { ERRORS_PAGE } from '../../proxy/base/self.ts';

/** @param more what else this error has */
export function errorData(reason: ErrorCode, more: object = {}): object {
  return { reason, ...more, errorId: expect.any(String) as unknown, docs: `${ERRORS_PAGE}#${reason}` };
}

/** A text without what differs from one refusal to the next. */
export function withoutErrorId(text: string): string {
  return text.replaceAll(/"errorId":"[\da-f-]{36}"/g, '"errorId":"…"');
}
