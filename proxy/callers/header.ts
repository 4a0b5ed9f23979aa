/** `header(name)`: reads the caller from a header that a component in front of the proxy sets. */
import { isUtf8 } from 'node:buffer';
import { ProxyError } from '../base/errors.ts';
import { type Caller, callerOf, type CallerSource, type Sent } from '../call/caller.ts';
import { parseClaims } from './claims.ts';
import { recentCallers } from './recent.ts';

export interface HeaderOptions {
  /**
   * The value is a text, whatever it begins with. For a component that writes what people choose: a name, a
   * certificate's subject. A person named `{"groups":["admins"]}` would otherwise be in that group.
   * @default false - a value that begins with `{` is a JSON object of claims
   */
  readonly text?: boolean;
}

/** Headers about a client's certificate that are no caller's name, though they look like one. */
const UNFIT: ReadonlyMap<string, string> = new Map([
  [
    'x-amzn-mtls-clientcert',
    'which holds a certificate that nothing verified (pass-through mode of a load balancer): use verify mode, and X-Amzn-Mtls-Clientcert-Subject',
  ],
  [
    'x-forwarded-client-cert',
    'which is a list to which clients can add, and changes with each certificate: have Envoy overwrite its own header with %DOWNSTREAM_PEER_SUBJECT%',
  ],
]);

/**
 * Reads the caller from a header that a component in front of the proxy sets: a JSON object of claims, or a plain text
 * taken as `sub`. This identifies callers but doesn't authenticate them: a client that can reach the proxy directly can
 * claim to be anybody.
 */
export function header(name: string, { text: isText = false }: HeaderOptions = {}): CallerSource {
  const lower = name.toLowerCase();
  return {
    kind: 'header',
    headers: [lower],
    bindings: {},
    prepare: () => {
      if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(lower))
        throw new Error(`caller header: expected the name of a header, got ${JSON.stringify(name)}`);
      const unfit = UNFIT.get(lower);
      if (unfit !== undefined)
        throw new Error(`caller header: expected a header that only names the caller, got ${lower}, ${unfit}`);
      const recent = recentCallers();
      const read = (value: string): Caller => {
        const text = utf8Of(value, lower);
        return !isText && text.startsWith('{')
          ? callerOf(parseClaims(text, `the header ${lower}`))
          : callerOf({ sub: text });
      };
      return (sent) => recent(onlyOne(sent, lower), read);
    },
  };
}

/** The value of a header that must occur once. */
function onlyOne({ headers, rawHeaders }: Sent, name: string): string {
  const value = headers[name];
  if (value === undefined || value === '')
    throw new ProxyError('unauthenticated-caller', `no caller: expected the header ${name}, got none`);
  // Node joins repeated headers. One may come from the client, the other from the component in front.
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
