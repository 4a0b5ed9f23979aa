/**
 * Sets a header in a flat list and removes an earlier one of that name: a retry may reuse the list of the first
 * attempt. `name` in lower case.
 */
export function setHeader(headers: string[], name: string, value: string): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (headers[i] === name) headers.splice(i, 2);
  }
  headers.push(name, value);
}

/** Returns the first value of a header in a flat list. `name` in lower case. */
export function getHeader(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name) return headers[i + 1];
  }
  return undefined;
}
