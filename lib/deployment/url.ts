import type { Parse } from './parse.ts';

/** An absolute https URL that carries no credentials and no fragment. `also` says what else is wrong with it. */
export function httpsUrl(also: (url: URL) => string | undefined = () => undefined): Parse<string> {
  return (value, place) => {
    if (typeof value !== 'string') return place.expected('an https URL', value);
    const url = URL.canParse(value) ? new URL(value) : undefined;
    // Before an @ there may be a password.
    if (url === undefined) return place.expected('an absolute https URL', value.includes('@') ? value.slice(value.lastIndexOf('@')) : value);
    if (url.username !== '' || url.password !== '') return place.fault('expected a URL without user name and password, got one with them (credentials go into upstreamAuth)');
    if (url.protocol !== 'https:') return place.expected('an https URL', `${url.protocol}//${url.host}`);
    if (url.hash !== '') return place.fault('expected a URL without a fragment, got one with a #');
    const fault = also(url);
    return fault === undefined ? value : place.fault(fault);
  };
}
