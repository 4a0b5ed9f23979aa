/**
 * AgentCore Identity's data plane on loopback, as its service model and pages describe it: verifies every signature, reads
 * the policy of the role that signed, and refuses what it doesn't know. Driven by AWS's own client.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { PolicyDocument } from '../e2e/aws/account.ts';
import { allows } from '../e2e/aws/iam.ts';
import { AwsError, textOf } from '../e2e/aws/wire.ts';
import { type ReceivedRequest, verifySigV4 } from './sigv4-verifier.ts';

export const REGION = 'eu-west-1';
export const ACCOUNT = '111122223333';
const DIRECTORY = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:workload-identity-directory/default`;
const VAULT = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:token-vault/default`;

export type Person = string;

interface Workload {
  readonly returnUrls: readonly string[];
  /** AgentCore Runtime's own: nobody else gets tokens for it. */
  readonly isManaged: boolean;
}

interface Provider {
  readonly kind: 'oauth2' | 'apikey';
  readonly key?: string;
}

interface Session {
  readonly workload: string;
  readonly person: Person;
  readonly provider: string;
  readonly returnUrl: string;
  readonly state: string;
  /** Who agreed at the provider, in a browser. */
  agreedBy: Person | undefined;
  status: 'open' | 'done' | 'failed';
}

export interface Asked {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Credentials {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

export interface IdentityOptions {
  readonly workloads: Readonly<Record<string, Workload>>;
  readonly providers: Readonly<Record<string, Provider>>;
  /** Reads who a user's token is of; rejects if it doesn't trust it. */
  readonly verify: (userToken: string) => Promise<Person>;
}

type Body = Readonly<Record<string, unknown>>;

/** The members of each request, with whether they are required. */
const OPERATIONS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  '/identities/GetWorkloadAccessToken': { workloadName: true },
  '/identities/GetWorkloadAccessTokenForJWT': { workloadName: true, userToken: true },
  '/identities/api-key': { workloadIdentityToken: true, resourceCredentialProviderName: true },
  '/identities/CompleteResourceTokenAuth': { userIdentifier: true, sessionUri: true },
  '/identities/oauth2/token': {
    workloadIdentityToken: true,
    resourceCredentialProviderName: true,
    scopes: true,
    oauth2Flow: true,
    sessionUri: false,
    resourceOauth2ReturnUrl: false,
    forceAuthentication: false,
    resources: false,
    audiences: false,
  },
};

export class Identity implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly refusals: string[] = [];
  /** The pages that it gave. */
  readonly pages = new Set<string>();
  /** Tokens that the vault holds: whose account at the provider they open. */
  readonly #accounts = new Map<string, Person>();
  readonly #vault = new Map<string, string>();
  readonly #workloadTokens = new Map<string, { workload: string; person: Person | undefined; expiresAt: number }>();
  readonly #sessions = new Map<string, Session>();
  readonly #roles = new Map<string, { readonly secret: string; readonly token: string; policy: PolicyDocument }>();
  readonly #options: IdentityOptions;
  readonly #server: http.Server;
  /** Answers a request for a token in the service's place. */
  instead: ((body: Body) => Body | undefined) | undefined;
  /** Runs before each answer. */
  before: (() => Promise<void>) | undefined;
  url = '';

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
    this.url = `http://127.0.0.1:${address.port}`;
    return this;
  }

  /** Credentials of a role with this policy. */
  role(policy: PolicyDocument): Credentials {
    const id = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
    const [secret, token] = [randomBytes(30).toString('base64'), randomBytes(40).toString('base64')];
    this.#roles.set(id, { secret, token, policy });
    return { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token };
  }

  /** What AgentCore Runtime puts into its header for a request of this person; undefined: a request of nobody. */
  handOver(workload: string, person: Person | undefined, seconds = 900): string {
    const token = `wat.${randomBytes(48).toString('base64url')}`;
    this.#workloadTokens.set(token, { workload, person, expiresAt: Date.now() + seconds * 1000 });
    return token;
  }

  /** Whose account at the provider a token or key opens; undefined: none. */
  accountOf(token: string | undefined): Person | undefined {
    return this.#accounts.get(token ?? '');
  }

  /** The person withdraws access, or the token expires at the provider. */
  withdraw(person: Person): void {
    for (const [token, account] of this.#accounts) if (account === person) this.#accounts.delete(token);
  }

  /** Someone opens the page, signs in at the provider as themselves and agrees. Returns where the browser is sent. */
  async visit(page: string, as: Person, agrees = true): Promise<URL> {
    const reply = await fetch(page, {
      redirect: 'manual',
      headers: { 'x-signed-in-as': as, 'x-agrees': String(agrees) },
    });
    const location = reply.headers.get('location');
    if (location === null) throw new Error(`the page answered ${reply.status} without a redirect`);
    return new URL(location);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const target = incoming.url ?? '';
    if (target.startsWith('/identities/oauth2/authorize?')) return this.#page(incoming, response, target);
    const request = {
      method: incoming.method ?? '',
      target,
      rawHeaders: incoming.rawHeaders,
      body: Buffer.concat(chunks),
    };
    try {
      const answer = await this.#operate(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const { code, message, status } =
        error instanceof AwsError ? error : new AwsError('InternalServerException', String(error), 500);
      this.refusals.push(`${code}: ${message}`);
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code })
        .end(JSON.stringify({ message }));
    }
  }

  async #operate(request: ReceivedRequest): Promise<Body> {
    const verdict = verifySigV4(request, {
      region: REGION,
      service: 'bedrock-agentcore',
      secretFor: (id, token) => (this.#roles.get(id)?.token === token ? this.#roles.get(id)?.secret : undefined),
    });
    if (!verdict.accepted) throw new AwsError(verdict.error, verdict.reason, 403);
    const role = this.#roles.get(verdict.accessKeyId);
    const members = OPERATIONS[request.target];
    if (role === undefined || request.method !== 'POST' || members === undefined)
      throw new AwsError('UnknownOperationException', `${request.method} ${request.target} is not known here`, 404);
    const body = JSON.parse(request.body.toString('utf8')) as Body;
    const unknown = Object.keys(body).filter((name) => members[name] === undefined);
    const missing = Object.keys(members).filter((name) => members[name] === true && body[name] === undefined);
    if (unknown.length + missing.length > 0)
      throw new AwsError('ValidationException', `unknown: ${unknown.join()}; missing: ${missing.join()}`);
    const operation = request.target.slice(request.target.lastIndexOf('/') + 1);
    this.asked.push({ operation, body });
    await this.before?.();
    const demand = (action: string, ...resources: string[]): void => {
      for (const resource of resources)
        if (!allows([role.policy], { action, resource }))
          throw new AwsError('AccessDeniedException', `not authorized to perform ${action} on ${resource}`, 403);
    };
    switch (operation) {
      case 'GetWorkloadAccessToken':
      case 'GetWorkloadAccessTokenForJWT':
        return this.#mint(body, operation, demand);
      case 'CompleteResourceTokenAuth':
        return this.#complete(body, demand);
      default:
        return this.instead?.(body) ?? this.#give(body, operation === 'api-key', demand);
    }
  }

  async #mint(body: Body, operation: string, demand: (action: string, ...resources: string[]) => void): Promise<Body> {
    const name = String(body['workloadName']);
    demand(`bedrock-agentcore:${operation}`, DIRECTORY, `${DIRECTORY}/workload-identity/${name}`);
    const workload = this.#options.workloads[name];
    if (workload === undefined) throw new AwsError('ResourceNotFoundException', `no workload identity ${name}`, 404);
    if (workload.isManaged)
      throw new AwsError('AccessDeniedException', `tokens of ${name} are handed over by the runtime only`, 403);
    const person = body['userToken'] === undefined ? undefined : await this.#trusted(textOf(body, 'userToken'));
    return { workloadAccessToken: this.handOver(name, person) };
  }

  #give(body: Body, isKey: boolean, demand: (action: string, ...resources: string[]) => void): Body {
    const held = this.#workloadTokens.get(String(body['workloadIdentityToken']));
    if (held === undefined || held.expiresAt <= Date.now())
      throw new AwsError('UnauthorizedException', 'the workload access token is not valid', 401);
    const name = String(body['resourceCredentialProviderName']);
    const provider = this.#options.providers[name];
    const kind = isKey ? 'apikey' : 'oauth2';
    demand(
      `bedrock-agentcore:${isKey ? 'GetResourceApiKey' : 'GetResourceOauth2Token'}`,
      `${VAULT}/${kind}credentialprovider/${name}`,
      VAULT,
      DIRECTORY,
      `${DIRECTORY}/workload-identity/${held.workload}`,
    );
    demand(
      'secretsmanager:GetSecretValue',
      `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:bedrock-agentcore-identity!default/${kind}/${name}-AbCdEf`,
    );
    if (provider === undefined || provider.kind !== kind)
      throw new AwsError('ResourceNotFoundException', `no ${kind} provider ${name}`, 404);
    if (isKey) return { apiKey: this.#issued(provider.key ?? '', name) };
    const { workload, person } = held;
    switch (body['oauth2Flow']) {
      case 'M2M':
        return { accessToken: this.#kept(`${name} ${workload}`, workload) };
      case 'ON_BEHALF_OF_TOKEN_EXCHANGE':
        if (person === undefined) throw new AwsError('ValidationException', 'the workload acts for nobody');
        return { accessToken: this.#kept(`${name} ${workload} ${person}`, person) };
      case 'USER_FEDERATION':
        if (person === undefined) throw new AwsError('ValidationException', 'the workload acts for nobody');
        return this.#federated(body, { workload, person, name });
      default:
        throw new AwsError('ValidationException', 'oauth2Flow is not known');
    }
  }

  #federated(body: Body, { workload, person, name }: { workload: string; person: Person; name: string }): Body {
    const uri = body['sessionUri'] === undefined ? undefined : textOf(body, 'sessionUri');
    const inVault = this.#vault.get(`${name} ${workload} ${person}`);
    if (uri !== undefined) {
      const session = this.#sessions.get(uri);
      if (session === undefined || session.person !== person || session.workload !== workload)
        throw new AwsError('ValidationException', 'the session is not known for this user');
      if (session.status === 'failed') return { sessionUri: uri, sessionStatus: 'FAILED' };
      if (session.status === 'open')
        return { authorizationUrl: this.#pageOf(uri), sessionUri: uri, sessionStatus: 'IN_PROGRESS' };
    }
    if (inVault !== undefined && body['forceAuthentication'] !== true) return { accessToken: inVault };
    const returnUrl = String(body['resourceOauth2ReturnUrl']);
    if (!(this.#options.workloads[workload]?.returnUrls ?? []).includes(returnUrl))
      throw new AwsError('ValidationException', 'the workload identity does not allow this return URL');
    const sessionUri = `urn:ietf:params:oauth:request_uri:${randomUUID()}`;
    this.#sessions.set(sessionUri, {
      workload,
      person,
      provider: name,
      returnUrl,
      state: randomUUID(),
      agreedBy: undefined,
      status: 'open',
    });
    return { authorizationUrl: this.#pageOf(sessionUri), sessionUri, sessionStatus: 'IN_PROGRESS' };
  }

  #pageOf(sessionUri: string): string {
    const page = `${this.url}/identities/oauth2/authorize?request_uri=${encodeURIComponent(sessionUri)}`;
    this.pages.add(page);
    return page;
  }

  /** The browser of whoever opened the page. */
  #page(incoming: http.IncomingMessage, response: http.ServerResponse, target: string): void {
    const uri = new URL(target, this.url).searchParams.get('request_uri') ?? '';
    const session = this.#sessions.get(uri);
    const as = incoming.headers['x-signed-in-as'];
    if (session === undefined || session.status !== 'open' || typeof as !== 'string')
      return void response.writeHead(400).end();
    if (incoming.headers['x-agrees'] === 'true') session.agreedBy = as;
    else session.status = 'failed';
    const back = new URL(session.returnUrl);
    back.searchParams.set('session_id', uri);
    response.writeHead(302, { location: back.href }).end();
  }

  /** The page that people come back to says who is signed in there. */
  async #complete(body: Body, demand: (action: string, ...resources: string[]) => void): Promise<Body> {
    const uri = String(body['sessionUri']);
    const session = this.#sessions.get(uri);
    const { userToken } = body['userIdentifier'] as { readonly userToken?: string };
    const person = await this.#trusted(userToken ?? '');
    demand(
      'bedrock-agentcore:CompleteResourceTokenAuth',
      `${VAULT}/oauth2credentialprovider/${session?.provider}`,
      VAULT,
      DIRECTORY,
      `${DIRECTORY}/workload-identity/${session?.workload}`,
    );
    if (
      session === undefined ||
      session.status !== 'open' ||
      session.agreedBy === undefined ||
      session.person !== person
    )
      throw new AwsError('ValidationException', 'there is no such session of this user to complete');
    session.status = 'done';
    const key = `${session.provider} ${session.workload} ${session.person}`;
    this.#vault.delete(key);
    this.#kept(key, session.agreedBy);
    return {};
  }

  async #trusted(userToken: string): Promise<Person> {
    return this.#options.verify(userToken).catch(() => {
      throw new AwsError('UnauthorizedException', "the user's token is not valid", 401);
    });
  }

  #kept(key: string, account: Person): string {
    const known = this.#vault.get(key);
    if (known !== undefined) return known;
    const token = this.#issued(`vault.${randomBytes(24).toString('base64url')}`, account);
    this.#vault.set(key, token);
    return token;
  }

  #issued(token: string, account: Person): string {
    this.#accounts.set(token, account);
    return token;
  }
}
