/**
 * AWS on loopback: one address for all services, which the scope of a signature selects. It verifies every request's
 * signature. It refuses unknown requests and remembers them.
 */
import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';
import { verifySigV4 } from '../../support/sigv4-verifier.ts';
import { Account, type Credentials } from './account.ts';
import { CloudFormation } from './cloudformation/api.ts';
import { JSON_SERVICES } from './json-services.ts';
import { answerRegistry, type Uploads } from './registry-http.ts';
import { answerS3 } from './s3.ts';
import { STS } from './sts.ts';
import { AwsError, type AwsRequest, escapeXml, readJson, readRequest, sendJson, sendXml, toXml } from './wire.ts';

export interface FakeAws extends AsyncDisposable {
  /** The value of `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly account: Account;
  /** `service.Action` of every request, in order. */
  readonly calls: readonly string[];
  /** Requests refused because of a bad signature or an unknown action. A successful run has none. */
  readonly refused: readonly string[];
}

export async function startFakeAws({
  account: id,
  region,
}: {
  readonly account: string;
  readonly region: string;
}): Promise<FakeAws> {
  const account = new Account(id, region);
  const cloudFormation = new CloudFormation(account);
  const uploads: Uploads = new Map();
  const calls: string[] = [];
  const refused: string[] = [];

  const server = http.createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      refused.push(`${incoming.method} ${incoming.url}: ${String(error)}`);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  account.endpoint = `http://127.0.0.1:${address.port}`;

  async function answer(incoming: http.IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.path.startsWith('/v2')) return answerRegistry(account, uploads, request, response);
    if (request.path.startsWith('/custom-resource-answers/')) return takeCustomResourceAnswer(request, response);
    const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const action = actionOf(service, request);
    calls.push(`${service}.${action}`);
    try {
      const caller = authenticate(service, request);
      await serve(service, action, request, response, caller);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (UNACCEPTABLE.has(error.code)) refused.push(`${service}.${action}: ${error.message}`);
      sendError(service, request, response, error);
    }
  }

  function authenticate(service: string, { method, target, rawHeaders, body }: AwsRequest): Credentials {
    const secretFor = (key: string, token: string | undefined) => account.credentialsFor(key, token)?.secretAccessKey;
    const verdict = verifySigV4(
      { method, target, rawHeaders, body },
      { region, service, secretFor, s3: service === 's3' },
    );
    if (!verdict.accepted) throw new AwsError(verdict.error, verdict.reason, 403);
    const token = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'x-amz-security-token');
    const caller = account.credentialsFor(verdict.accessKeyId, token < 0 ? undefined : rawHeaders[token + 1]);
    if (caller === undefined) throw new AwsError('UnrecognizedClientException', 'no such credentials', 403);
    return caller;
  }

  async function serve(
    service: string,
    action: string,
    request: AwsRequest,
    response: ServerResponse,
    caller: Credentials,
  ): Promise<void> {
    if (service === 's3') return answerS3(account, request, response);
    const json = JSON_SERVICES[service];
    if (json !== undefined) {
      const act = json[action];
      if (act === undefined) throw unknownAction(service, action);
      return sendJson(response, 200, act(account, readJson(request), caller) ?? {});
    }
    const query = new URLSearchParams(request.body.toString('utf8'));
    const result =
      service === 'sts'
        ? run(STS[action]?.bind(undefined, account))
        : run(service === 'cloudformation' ? cloudFormation.actions[action] : undefined);
    sendXml(
      response,
      200,
      `<${action}Response><${action}Result>${toXml(result)}</${action}Result><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></${action}Response>`,
    );

    function run(act: ((query: URLSearchParams, caller: Credentials) => unknown) | undefined): unknown {
      if (act === undefined) throw unknownAction(service, action);
      return act(query, caller);
    }
  }

  function takeCustomResourceAnswer(request: AwsRequest, response: ServerResponse): void {
    const take = account.customResourceAnswers.get(request.path.split('/').at(-1) ?? '');
    take?.(JSON.parse(request.body.toString('utf8')));
    response.writeHead(take === undefined ? 404 : 200, { 'content-length': 0 }).end();
  }

  return {
    url: account.endpoint,
    account,
    calls,
    refused,
    async [Symbol.asyncDispose]() {
      await cloudFormation.settled();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Errors that a correct client never gets here: bad signatures and unknown actions. */
const UNACCEPTABLE: ReadonlySet<string> = new Set([
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'InvalidAction',
  'NotImplemented',
  'MalformedPolicyDocument',
]);

function unknownAction(service: string, action: string): AwsError {
  return new AwsError('InvalidAction', `${service}.${action} is not known here`);
}

function actionOf(service: string, request: AwsRequest): string {
  if (service === 's3') return request.method;
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  return new URLSearchParams(request.body.toString('utf8')).get('Action') ?? request.method;
}

function sendError(
  service: string,
  request: AwsRequest,
  response: ServerResponse,
  { code, message, status }: AwsError,
): void {
  if (request.headers['x-amz-target'] !== undefined)
    return sendJson(response, status, { __type: code, message }, { 'x-amzn-errortype': code });
  const detail = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  if (service !== 's3')
    return sendXml(
      response,
      status,
      `<ErrorResponse><Error><Type>Sender</Type>${detail}</Error><RequestId>local</RequestId></ErrorResponse>`,
    );
  if (request.method === 'HEAD') return void response.writeHead(status).end();
  sendXml(response, status, `<Error>${detail}</Error>`);
}
