/** What a scan (`scan.ts`) found out about a message. */

export interface Scanned {
  /** The id as JSON text, if the message has one. */
  id: string | undefined;
  method: string | undefined;
  hasResult: boolean;
  hasError: boolean;
  /** `result.isError` is true. */
  isError: boolean;
  /** The text of the number `error.code`, if the error has one of them. */
  code: string | undefined;
  /** A member occurs twice: readers differ in which of them counts. */
  twice: boolean;
  /** False until the message has ended, or if the step limit was reached first. */
  complete: boolean;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Codes of JSON-RPC have five digits. Longer numbers may be a value, such as of an account. */
const MOST = 99_999;

/** The code of the error that the message is, if it has one that all readers agree on. */
export function rpcCodeOf({ hasError, code, twice }: Scanned): number | undefined {
  if (!hasError || twice || code === undefined || !NUMBER.test(code)) return undefined;
  const number = Number(code);
  return Number.isInteger(number) && Math.abs(number) <= MOST ? number : undefined;
}
