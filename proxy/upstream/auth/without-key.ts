/**
 * Takes a key that was in the request's URL out of the answer. Servers name their own URL in redirects and links, and many
 * repeat it in the text of an error (RFC 9457 `instance`, a framework's page for 404).
 */
import { errorText, MAX_ERROR } from '../error-text.ts';
import { Response } from '../http/response.ts';
import { readAll } from '../read.ts';

/** Addresses at the upstream, which clients never see anyway. */
const ADDRESSES: ReadonlySet<string> = new Set(['location', 'content-location', 'link', 'refresh']);
/** What describes a body that was changed. */
const OF_BODY: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'etag',
  'digest',
  'content-digest',
]);
const INSTEAD = '[key]';

/** Results are left as they are: only failing answers are read. */
export async function withoutKey(response: Response, key: string): Promise<Response> {
  const forms = formsOf(key);
  const repeats = (text: string): boolean => forms.some((form) => text.includes(form));
  const { statusCode, rawHeaders, body } = response;
  const headers = kept(rawHeaders, (name, value) => !ADDRESSES.has(name) && !repeats(value));
  if (statusCode < 400) return new Response(statusCode, headers, body);
  // What can't be read may hold the key, so it goes no further.
  const bytes = await readAll(body, MAX_ERROR).catch(() => undefined);
  const text = bytes && errorText(bytes, response.headers['content-encoding']);
  if (bytes !== undefined && text !== undefined && !repeats(text)) return new Response(statusCode, headers, bytes);
  const changed = Buffer.from(forms.reduce((rest, form) => rest.replaceAll(form, INSTEAD), text ?? ''));
  return new Response(
    statusCode,
    [...kept(headers, (name) => !OF_BODY.has(name)), 'Content-Length', String(changed.length)],
    changed,
  );
}

function kept(raw: readonly string[], keeps: (name: string, value: string) => boolean): string[] {
  const result: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    if (keeps(name.toLowerCase(), value)) result.push(name, value);
  }
  return result;
}

/** How servers write it: as it is, percent-encoded, as a form has it, in JSON and in HTML. The longest first. */
function formsOf(key: string): readonly string[] {
  const encoded = encodeURIComponent(key);
  const json = JSON.stringify(key).slice(1, -1);
  const forms = [
    key,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    new URLSearchParams([['', key]]).toString().slice(1),
    json,
    json.replaceAll('/', '\\/'),
    key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ];
  return [...new Set(forms)].toSorted((one, other) => other.length - one.length);
}
