/** The options of `npm run agent --`. */
import { parseArgs } from 'node:util';
import { isObject } from '../../proxy/json/lossless.ts';
import { EXIT, Failure } from '../operator/failure.ts';

const LOCAL = 'http://127.0.0.1:8000/mcp';

export const USAGE = `usage: npm run agent -- [NAME | --url URL] [PROMPT]              chat with a model that has the proxy's tools
       npm run agent -- [NAME | --url URL] --no-model            call its tools by hand
       npm run agent -- [NAME | --url URL] --list                list its tools
       npm run agent -- [NAME | --url URL] --call TOOL [ARGUMENTS]

  NAME           a deployment: the name of its stack
  --endpoint E   an endpoint of NAME other than DEFAULT, from its deployments entry
  --url URL      a proxy anywhere; default ${LOCAL}, where "npm start" listens
  PROMPT         asks once and prints the answer; may also come on standard input
  --call TOOL    ARGUMENTS are JSON, or pairs: --call add '{"a":2,"b":3}', --call add a=2 b=3
  --json         for --list, --call and a PROMPT: one line of JSON
  --auth WHICH   how to authenticate at --url: none, iam or cognito; default iam for an AgentCore address, else none.
                 cognito reads the pool and client from INBOUND_SECRET=cognito:POOL/CLIENT. Not needed with NAME
  --region R     where the deployment and the model are; default: from deployments.ts, AWS_REGION or the AWS profile
  --model ID     a model or inference profile on Amazon Bedrock
  --deployments FILE   a deployments file other than deployments.ts

exit code: 0 done, 1 the tool or the answer failed, 2 wrong usage, 3 the proxy or AWS couldn't be reached or refused`;

export type Auth = 'none' | 'iam' | 'cognito';

export interface ToolCall {
  readonly tool: string;
  /** JSON or `key=value` pairs, as typed. */
  readonly words: readonly string[];
}

export interface Options {
  readonly help: boolean;
  /** A deployment's stack name; undefined if a URL is called. */
  readonly name: string | undefined;
  /** An endpoint of that deployment. @default - `DEFAULT` */
  readonly endpoint: string | undefined;
  readonly url: string;
  readonly auth: Auth | undefined;
  readonly region: string | undefined;
  readonly deployments: string | undefined;
  /** Undefined: call tools by hand. */
  readonly model: { readonly id: string | undefined } | undefined;
  readonly list: boolean;
  readonly call: ToolCall | undefined;
  readonly prompt: string | undefined;
  readonly json: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** Throws a `Failure` that says what is wrong and where to read more. */
export function readOptions(args: readonly string[]): Options {
  const { values, tokens } = parse(args);
  const callAt = tokens.find((token) => token.kind === 'option' && token.name === 'call')?.index ?? Infinity;
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token] : []));
  const ahead = words.filter(({ index }) => index < callAt).map(({ value }) => value);
  const behind = words.filter(({ index }) => index > callAt).map(({ value }) => value);

  // A single word is a deployment's name, not a prompt.
  const name = values.url === undefined && ahead[0] !== undefined && /^\S+$/.test(ahead[0]) ? ahead.shift() : undefined;
  const prompt = ahead.length === 0 ? undefined : ahead.join(' ');
  const { list, json } = values;
  const noModel = values['no-model'];
  const auth = authOf(values.auth);

  const complain = (fault: string): Failure =>
    new Failure(`${fault} ("npm run agent -- --help" shows how)`, EXIT.usage);
  if (values.help)
    return {
      help: true,
      name,
      endpoint: undefined,
      url: LOCAL,
      auth,
      region: undefined,
      deployments: undefined,
      model: undefined,
      list,
      call: undefined,
      prompt,
      json,
    };
  if (auth !== undefined && values.url === undefined)
    throw complain("--auth needs --url: a deployment's stack says how callers authenticate");
  if (values.endpoint !== undefined && name === undefined)
    throw complain('--endpoint needs the NAME of a deployment; a URL names its endpoint itself (?qualifier=E)');
  if (list && values.call !== undefined) throw complain('expected one of --list and --call, got both');
  if ((list || values.call !== undefined || noModel) && prompt !== undefined)
    throw complain(`expected no prompt without a model, got ${JSON.stringify(prompt)}`);
  if (noModel && values.model !== undefined) throw complain('expected one of --model and --no-model, got both');
  if (json && noModel && !list && values.call === undefined) throw complain('--json needs --list, --call or a prompt');
  const first = behind[0];
  if (first !== undefined && !/^\s*\{|=/.test(first))
    throw complain(
      `expected arguments such as '{"a":2}' or a=2 after --call ${values.call ?? ''}, got ${JSON.stringify(first)}; NAME goes before --call`,
    );

  return {
    help: false,
    name,
    endpoint: values.endpoint,
    url: values.url ?? LOCAL,
    auth,
    region: values.region,
    deployments: values.deployments,
    model: noModel || list || values.call !== undefined ? undefined : { id: values.model },
    list,
    call: values.call === undefined ? undefined : { tool: values.call, words: behind },
    prompt,
    json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: {
        url: text,
        endpoint: text,
        auth: text,
        region: text,
        model: text,
        deployments: text,
        call: text,
        'no-model': flag,
        list: flag,
        json: flag,
        help: flag,
      },
    });
  } catch (error) {
    // The second sentence of Node's message is about parseArgs, not about this command.
    const said = error instanceof Error ? (error.message.split(/\. |\n/, 1)[0] ?? '') : String(error);
    throw new Failure(
      `${said.charAt(0).toLowerCase()}${said.slice(1)} ("npm run agent -- --help" shows how)`,
      EXIT.usage,
      { cause: error },
    );
  }
}

function authOf(value: string | undefined): Auth | undefined {
  if (value === undefined || value === 'none' || value === 'iam' || value === 'cognito') return value;
  throw new Failure(`--auth: expected none, iam or cognito, got ${JSON.stringify(value)}`, EXIT.usage);
}

/** Whether these arguments ask for JSON, even if they are otherwise wrong: then the error is printed as JSON, too. */
export function wantsJson(args: readonly string[]): boolean {
  return args.includes('--json');
}

/** Arguments that must be a JSON object; a returned string says what is wrong. */
export function jsonObject(source: string): Readonly<Record<string, unknown>> | string {
  try {
    const value: unknown = JSON.parse(source);
    return isObject(value) ? value : `expected a JSON object such as {"a":2}, got ${source}`;
  } catch (error) {
    return `expected a JSON object such as {"a":2}, got ${source} (${error instanceof Error ? error.message : String(error)})`;
  }
}
