/**
 * The part of CloudWatch Logs' filter patterns that the commands use. Other patterns are refused, as the service
 * refuses an invalid one.
 */
import { isObject } from '../../proxy/json/lossless.ts';
import { AwsRefusal } from './wire.ts';

const CLAUSE = /^\$((?:\.\w+)+) = (?:"([^"]*)"|(\*))$/;

export function matches(pattern: string, message: string): boolean {
  const json = /^\{ (.+) \}$/.exec(pattern)?.[1];
  if (json !== undefined) return json.split(' || ').some((clause) => clauseMatches(clause, message));
  const terms = [...pattern.matchAll(/(\?)?(?:"([^"]*)"|([A-Za-z]+))(?: |$)/g)];
  if (terms.map(([whole]) => whole).join('') !== pattern)
    throw new AwsRefusal('InvalidParameterException', `Invalid filter pattern: ${pattern}`);
  const holds = ([, , quoted, bare]: RegExpMatchArray): boolean => message.includes(quoted ?? bare ?? '');
  return terms.every(([, optional]) => optional !== undefined) ? terms.some(holds) : terms.every(holds);
}

function clauseMatches(clause: string, message: string): boolean {
  const [, path, value, any] = CLAUSE.exec(clause) ?? [];
  if (path === undefined) throw new AwsRefusal('InvalidParameterException', `Invalid filter pattern: ${clause}`);
  let found: unknown;
  try {
    found = JSON.parse(message);
  } catch {
    return false;
  }
  for (const key of path.slice(1).split('.')) found = isObject(found) ? found[key] : undefined;
  return any === undefined ? found === value : found !== undefined;
}
