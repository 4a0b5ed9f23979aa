import { httpsFault } from '../url.ts';
import type { Parse } from './parse.ts';

/** The same by https or http: which hosts may be reached by http is checked with the other members. */
export function webUrl(also: (url: string) => string | undefined): Parse<string> {
  const secure = httpsUrl(also);
  return (value, place) => {
    if (typeof value !== 'string' || !/^http:/i.test(value) || place.isLater(value)) return secure(value, place);
    const host = URL.parse(value)?.hostname;
    const fault = httpsFault(value, host === undefined ? [] : [host]) ?? also(value);
    return fault === undefined ? value : place.fault(fault);
  };
}

/** Parses an absolute https URL without credentials and fragment. `also` returns further faults. */
export function httpsUrl(also: (url: string) => string | undefined = () => undefined): Parse<string> {
  return (value, place) => {
    if (typeof value !== 'string') return place.expected('an https URL', value);
    if (place.isLater(value)) return value;
    const fault = httpsFault(value) ?? also(value);
    return fault === undefined ? value : place.fault(fault);
  };
}
