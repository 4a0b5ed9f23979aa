import { httpsFault } from '../url.ts';
import type { Parse } from './parse.ts';
import { saying, type Schema } from './schema.ts';

/** Schemes ignore case, and a pattern of a schema doesn't. */
export function anUrl(description: string, scheme = '[Hh][Tt][Tt][Pp][Ss]?'): () => Schema {
  return () => ({ type: 'string', pattern: `^\\s*${scheme}:`, description });
}

/** The same by https or http: which hosts may be reached by http is checked with the other members. */
export function webUrl(also: (url: string) => string | undefined): Parse<string> {
  const secure = httpsUrl(also);
  return saying(anUrl('An https URL, or http to a host in plainHttpHosts'), (value, place) => {
    if (typeof value !== 'string' || !/^http:/i.test(value) || place.isLater(value)) return secure(value, place);
    const host = URL.parse(value)?.hostname;
    const fault = httpsFault(value, host === undefined ? [] : [host]) ?? also(value);
    return fault === undefined ? value : place.fault(fault);
  });
}

/** Parses an absolute https URL without credentials and fragment. `also` returns further faults. */
export function httpsUrl(also: (url: string) => string | undefined = () => undefined): Parse<string> {
  return saying(anUrl('An https URL', '[Hh][Tt][Tt][Pp][Ss]'), (value, place) => {
    if (typeof value !== 'string') return place.expected('an https URL', value);
    if (place.isLater(value)) return value;
    const fault = httpsFault(value) ?? also(value);
    return fault === undefined ? value : place.fault(fault);
  });
}
