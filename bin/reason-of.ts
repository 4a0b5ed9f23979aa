import { isObject } from '../proxy/json/lossless.ts';
/** Why an MCP client could not connect to a proxy: the client library shows neither an error's text nor what is no MCP. */
import { askForTools } from './ask-for-tools.ts';

const LIMIT_MS = 10_000;

export interface Reason {
  readonly text: string;
  /** The error's `data.reason`, if it is a proxy's. */
  readonly refusal?: string | undefined;
}

/** The proxy's own error message, or the status of an answer that isn't MCP. Undefined: neither. */
export async function reasonOf(url: string): Promise<Reason | undefined> {
  try {
    const reply = await askForTools(url, LIMIT_MS);
    const type = reply.headers.get('content-type') ?? 'no content type';
    if (!/json|event-stream/.test(type))
      return { text: `the upstream answered HTTP ${reply.status} (${type}), expected JSON: check the path of its URL` };
    const body: unknown = await reply.json();
    const error = isObject(body) ? body['error'] : undefined;
    if (!isObject(error) || typeof error['message'] !== 'string') return undefined;
    const reason = isObject(error['data']) ? error['data']['reason'] : undefined;
    return { text: error['message'], refusal: typeof reason === 'string' ? reason : undefined };
  } catch {
    return undefined;
  }
}
