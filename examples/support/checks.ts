/** The checks of an example: a line for each that holds, an error at the first that doesn't. */

export function check(what: string, good: boolean): void {
  if (!good) throw new Error(`not so: ${what}`);
  console.log(`ok  ${what}`);
}

export function isRefused(called: Promise<unknown>): Promise<boolean> {
  return called.then(
    () => false,
    () => true,
  );
}
