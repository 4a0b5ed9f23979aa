/** Faults of the proxy's own credentials, and of clocks. */
import { connect } from '../../support/raw.ts';
import { verifySigV4 } from '../../support/sigv4-verifier.ts';
import { bytesOf } from '../../upstream/messages.ts';
import { CALLER, told, toolCall } from '../client.ts';
import type { Fault } from '../fault.ts';
import type { Manner } from '../token-endpoint.ts';
import {
  type Asked,
  chunk,
  event,
  EVENTS,
  head,
  LAST_CHUNK,
  MARK,
  progress,
  response,
  textResult,
} from '../upstream.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEY = { id: 'AKIDFAULTS', secret: 'a-secret-access-key-of-nobody' };

/** The client is told only that there are no credentials; the log says why. */
function tokens(manner: Manner, words: string): Pick<Fault, 'own' | 'play' | 'gets' | 'logs' | 'configs'> {
  return {
    configs: ['passing'],
    own: { tokens: manner },
    async play({ call, tokens }) {
      const got = told(await call());
      if (tokens !== undefined) tokens.manner = 'works';
      return [got];
    },
    gets: ['502 error upstream-auth (-32603): the proxy has no credentials that the upstream accepts'],
    logs: ['call refused upstream-auth', `warn refused upstream-auth: ${words}`],
  };
}

function unauthorized(): string {
  return head(401, ['Content-Length: 0', 'WWW-Authenticate: Bearer error="invalid_token"']);
}

/** The refusal of a request that is not signed, or for another time. */
function refusalOf({ head: received, body }: Asked): string | undefined {
  const [line = '', ...lines] = received.split('\r\n');
  const [method = '', target = ''] = line.split(' ');
  const rawHeaders = lines.flatMap((each) => [
    each.slice(0, each.indexOf(':')),
    each.slice(each.indexOf(':') + 1).trim(),
  ]);
  const verdict = verifySigV4(
    { method, target, rawHeaders, body: Buffer.from(body) },
    { region: 'eu-west-1', service: 'bedrock-agentcore', secretFor: (id) => (id === KEY.id ? KEY.secret : undefined) },
  );
  if (verdict.accepted) return undefined;
  const words = JSON.stringify({ message: verdict.reason });
  return `${head(403, [`x-amzn-errortype: ${verdict.error}`, `Date: ${new Date().toUTCString()}`, `Content-Length: ${words.length}`])}${words}`;
}

export const CREDENTIALS: readonly Fault[] = [
  {
    name: 'token-expires-in-stream',
    happens: "the proxy's token ends in the middle of an event stream",
    own: { tokens: 'works' },
    async play({ upstream, tokens, proxy, era, call }) {
      let ended = '';
      upstream.guard = (asked, socket) => {
        if (asked.header('authorization') !== `Bearer ${ended}`) return false;
        socket.write(unauthorized());
        return true;
      };
      let finish = (): void => {};
      upstream.script = ({ id }, socket) => {
        socket.write(EVENTS + chunk(event(progress(1))));
        finish = () => void socket.write(chunk(event(response(id, textResult(MARK)))) + LAST_CHUNK);
      };
      await using connection = await connect(proxy.port);
      connection.send(bytesOf(toolCall(era, 'fault'), [CALLER]));
      await connection.head();
      ended = tokens?.latest ?? '';
      finish();
      let text = '';
      for (let piece = await connection.piece(); piece !== undefined; piece = await connection.piece())
        text += piece.toString();
      upstream.script = undefined;
      return [
        text.includes('"result"') ? 'the stream: whole' : 'the stream: cut',
        `the next call: ${told(await call())}`,
      ];
    },
    gets: ['the stream: whole', 'the next call: 200 result'],
    logs: ['call ok'],
    advice: 'nothing: the next call gets a new token',
  },
  {
    name: 'token-refused',
    happens: 'the upstream refuses every token',
    configs: ['passing'],
    own: { tokens: 'works' },
    async play({ upstream, call }) {
      upstream.guard = (_, socket) => socket.write(unauthorized()) || true;
      return [told(await call())];
    },
    gets: ["502 error upstream-auth (-32603): the upstream answered HTTP 401: it refuses the proxy's own credentials"],
    logs: [
      'call refused upstream-auth',
      "warn refused upstream-auth: the upstream answered HTTP 401; it refuses the proxy's credentials: check what UPSTREAM_AUTH uses and what that may do",
    ],
    advice: 'check issuer, client, scopes and audience of the token',
  },
  {
    name: 'token-endpoint-down',
    happens: 'the token endpoint drops connections',
    ...tokens('drops', 'the token endpoint at http://HOST could not be reached (ECONNRESET)'),
    advice: 'check the token endpoint and the way there; a token in hand is used to its end',
  },
  {
    name: 'token-endpoint-silent',
    happens: 'the token endpoint never answers',
    ...tokens('silent', 'the token endpoint at http://HOST did not answer within N s'),
    advice: 'check the token endpoint',
  },
  {
    name: 'token-endpoint-page',
    happens: 'the token endpoint answers with a web page',
    ...tokens(
      'page',
      'the token endpoint at http://HOST answered HTTP N with a body that is not a JSON object, expected a token response (RFC …): check UPSTREAM_TOKEN_URL or UPSTREAM_ISSUER',
    ),
    advice: 'correct the URL of the token endpoint',
  },
  {
    name: 'token-endpoint-no-token',
    happens: "the token endpoint's answer has no token",
    ...tokens(
      'no-token',
      'the token endpoint at http://HOST answered HTTP N with no access_token, expected a token response (RFC …): check UPSTREAM_TOKEN_URL or UPSTREAM_ISSUER',
    ),
    advice: 'correct the URL of the token endpoint',
  },
  {
    name: 'token-endpoint-huge',
    happens: 'the token endpoint sends a megabyte',
    ...tokens('huge', 'the token endpoint at http://HOST sent more than N KiB, expected a small JSON document'),
    advice: 'correct the URL of the token endpoint',
  },
  {
    name: 'token-endpoint-busy',
    happens: 'the token endpoint answers HTTP 503',
    ...tokens('busy', 'the token endpoint at http://HOST is failing (HTTP N): the next call asks again'),
    gets: [
      "502 error upstream-auth (-32603): the server that issues the proxy's token is failing (HTTP N): the next call asks again",
    ],
    advice: 'wait, or ask those who run it',
  },
  {
    name: 'client-secret-wrong',
    happens: "the token endpoint doesn't know the client, or its secret",
    ...tokens(
      'refuses',
      'the token endpoint at http://HOST refused the token request (invalid_client, status N): check UPSTREAM_CLIENT_ID and the secret that UPSTREAM_SECRET points to',
    ),
    advice: 'correct the client id or its secret, which the next call reads again',
  },
  {
    name: 'clock-behind',
    happens: "the proxy's clock is an hour behind",
    configs: ['passing'],
    own: {
      environment: {
        UPSTREAM_AUTH: 'iam',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: KEY.id,
        AWS_SECRET_ACCESS_KEY: KEY.secret,
        FAULTS_CLOCK_OFF: String(-HOUR_MS),
      },
    },
    async play({ upstream, proxy, call }) {
      upstream.guard = (asked, socket) => {
        const refusal = refusalOf(asked);
        if (refusal !== undefined) socket.write(refusal);
        return refusal !== undefined;
      };
      const got = told(await call());
      await proxy.order({ ask: 'clock', off: 0 });
      return [got, `with the right time: ${told(await call())}`];
    },
    gets: ['200 result', 'with the right time: 200 result'],
    logs: [
      'call ok',
      "warn clock-corrected: the clock of this machine is N s … the upstream's: calls are signed with the upstream's time; set the clock",
    ],
    advice: 'set the clock of the machine',
  },
  {
    name: 'clock-jumps',
    happens: "the proxy's clock jumps a day forward, and two days back",
    configs: ['inspecting'],
    own: { tokens: 'works' },
    async play({ proxy, call }) {
      const got = [told(await call())];
      for (const off of [DAY_MS, -DAY_MS, 0]) {
        await proxy.order({ ask: 'clock', off });
        got.push(told(await call()));
      }
      return got;
    },
    gets: ['200 result'],
    logs: ['call ok'],
    advice: 'nothing',
  },
];
