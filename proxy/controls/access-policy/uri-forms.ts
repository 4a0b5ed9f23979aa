/**
 * Where there are several upstreams, a resource has several URIs: its upstream's own, and that with the upstream's name
 * (`crm+file:///a`). An upstream that is such a proxy itself adds its own names.
 */

/** How an upstream is named, and what separates its name from the URI. */
const NAMED = /^[a-z][a-z0-9-]{0,30}\+/;
/** Names before one URI. Proxies behind proxies are few. */
const MOST_NAMES = 8;

/**
 * Other URIs that may mean the same resource of an upstream; undefined if there are too many. `git+https://a` may mean
 * `https://a` as well, since whether `git` is an upstream further behind is not known here.
 */
export function otherForms(uri: string, upstream: string): readonly string[] | undefined {
  const start = `${upstream}+`;
  const forms = new Set(uri.startsWith(start) ? [] : [start + uri]);
  let rest = uri;
  let names = 0;
  for (let found = NAMED.exec(rest); found !== null; found = NAMED.exec(rest)) {
    rest = rest.slice(found[0].length);
    forms.add(rest).add(start + rest);
    if (++names > MOST_NAMES) return undefined;
  }
  forms.delete(uri);
  return [...forms];
}
