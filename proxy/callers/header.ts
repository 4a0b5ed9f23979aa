/** `header(name)`: the caller is in a header that something in front of the proxy sets. */
import { isUtf8 } from 'node:buffer';
import { ProxyError } from '../base/errors.ts';
import { type Caller, callerOf, type CallerSource, type Sent } from '../call/caller.ts';
import { parseClaims } from './claims.ts';
import { recentCallers } from './recent.ts';

/**
 * A header that something in front sets: either a JSON object of claims, or a plain text taken as `sub`.
 * Whoever may reach the proxy may claim to be anybody through it: it identifies, it doesn't authenticate.
 */
export function header(name: string): CallerSource {
  const lower = name.toLowerCase();
  return {
    kind: 'header',
    headers: [lower],
    bindings: {},
    prepare: () => {
      if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(lower))
        throw new Error(`caller header: expected the name of a header, got ${JSON.stringify(name)}`);
      const recent = recentCallers();
      const read = (value: string): Caller => {
        const text = utf8Of(value, lower);
        return text.startsWith('{') ? callerOf(parseClaims(text, `the header ${lower}`)) : callerOf({ sub: text });
      };
      return (sent) => recent(onlyOne(sent, lower), read);
    },
  };
}

/** A header that is there once, as Node reads it. */
function onlyOne({ headers, rawHeaders }: Sent, name: string): string {
  const value = headers[name];
  if (value === undefined || value === '')
    throw new ProxyError('unauthenticated-caller', `no caller: expected the header ${name}, got none`);
  // Node joins repeated ones; whoever sets it in front may have meant another than a client that came with its own.
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const other = rawHeaders[i];
    if (other?.length === name.length && other.toLowerCase() === name) count++;
  }
  if (count !== 1 || typeof value !== 'string')
    throw new ProxyError('unauthenticated-caller', `expected the header ${name} once, got it ${count} times`);
  return value;
}

function utf8Of(value: string, name: string): string {
  const bytes = Buffer.from(value, 'latin1');
  if (!isUtf8(bytes))
    throw new ProxyError('unauthenticated-caller', `expected the header ${name} in UTF-8, got other bytes`);
  return bytes.toString('utf8');
}
