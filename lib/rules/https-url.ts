import { httpsFault } from '../url.ts';
import type { Parse } from './parse.ts';

/** Parses an absolute https URL without credentials and fragment. `also` returns further faults. */
export function httpsUrl(also: (url: string) => string | undefined = () => undefined): Parse<string> {
  return (value, place) => {
    if (typeof value !== 'string') return place.expected('an https URL', value);
    if (place.isLater(value)) return value;
    const fault = httpsFault(value) ?? also(value);
    return fault === undefined ? value : place.fault(fault);
  };
}
