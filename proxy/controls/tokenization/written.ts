/** How a restored value is written: encoded like the text around its token. */

/** How often the text before a token is percent-encoded: `%22Qtk_…` is in JSON that was encoded once. */
export function percentAround(text: string, start: number): number {
  return /%25[0-9a-f]{2}$/i.test(text.slice(Math.max(0, start - 5), start))
    ? 2
    : /%[0-9a-f]{2}$/i.test(text.slice(Math.max(0, start - 3), start))
      ? 1
      : 0;
}

/**
 * @param times how often the token's own `@` is encoded
 * @param isTel whether it is the number of a `tel:` link, whose `+` is literal (RFC 3966)
 */
export function percentEncoded(value: string, times: number, isTel = false): string {
  const out = isTel ? encodeURIComponent(value).replaceAll('%2B', '+') : encodeURIComponent(value);
  return times === 0 ? out.replaceAll('%40', '@') : times === 1 ? out : encodeURIComponent(out);
}

/** RFC 2045, 6.7, as in the text around the token. */
export function quotedPrintable(value: string): string {
  return value.replace(/[^\x20-\x3c\x3e-\x7e]+/g, (part) =>
    Array.from(Buffer.from(part), (byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
