/** Starts the console beside a proxy on this machine. */
import { randomBytes } from 'node:crypto';
import { ADVICE } from '../bin/explain-call/advice.ts';
import type { Environment } from '../proxy/base/environment.ts';
import { isErrno } from '../proxy/base/log.ts';
import { isLoopback } from '../proxy/base/loopback.ts';
import { ERRORS_PAGE, SELF } from '../proxy/base/self.ts';
import { none } from '../proxy/callers/none.ts';
import { type ProxyConfig, settingsOf } from '../proxy/config/config.ts';
import type { JsonObject } from '../proxy/json/value.ts';
import type { Observer } from '../proxy/pipeline/observer.ts';
import { Listed } from './catalogue/listed.ts';
import { Recorder } from './record/recorder.ts';
import { type Shown, shapes, values } from './record/shape.ts';
import { Api } from './server/api.ts';
import { Live } from './server/live.ts';
import { Measuring } from './server/measuring.ts';
import { serve } from './server/server.ts';
import { ChosenCallers } from './try/chosen-callers.ts';
import { KnownCallers } from './try/known-callers.ts';
import { Runs } from './try/runs.ts';

/** The proxy can be reached from elsewhere, so the console is refused. */
export class NotLocal extends Error {}

export interface ConsoleOptions {
  readonly config: ProxyConfig;
  readonly showsValues: boolean;
  /** Where the proxy listens. */
  readonly proxyHost: string;
  /** Claims of callers that a person may choose, by name. @default - none */
  readonly callers?: ReadonlyMap<string, JsonObject>;
}

/** What is known once the proxy has started. */
export interface Running {
  /** Where clients reach the proxy. */
  readonly proxy: string;
  /** Of the upstreams, in the config's order, for people. */
  readonly addresses: readonly string[];
  /** A command that makes a call. */
  readonly tryIt: string;
  /** Variables that bind the upstreams. */
  readonly environment: Environment;
  /** Where a lock of the tools may be. @default - only in a control */
  readonly lockFile?: string | undefined;
}

export interface ServedConsole {
  /** With the key of this start. */
  readonly url: string;
  close(): Promise<void>;
}

const USUAL_PORT = 8100;

/** What each error code means. */
const WHEN = Object.fromEntries(Object.entries(ADVICE).map(([code, { happened }]) => [code, happened]));

/** A console that watches, but is not served yet: the proxy that it watches has to start first. */
export class Console {
  /** What the proxy has to start with. */
  readonly config: ProxyConfig;
  /** What serves now. */
  #served: ProxyConfig;
  readonly observer: Observer;
  readonly #recorder: Recorder;
  readonly #upstreams: readonly string[];
  readonly #showsValues: boolean;
  readonly #shown: Shown;
  readonly #chosen = new ChosenCallers();
  readonly #known: KnownCallers;
  /** Once it is served. */
  #live: Live | undefined;

  /** Throws {@link NotLocal}. */
  constructor({ config, showsValues, proxyHost, callers = new Map() }: ConsoleOptions) {
    if (!isLoopback(proxyHost))
      throw new NotLocal(
        `the console shows values of calls, so it runs only beside a proxy that listens on this machine alone: expected a loopback address such as 127.0.0.1, got ${proxyHost}`,
      );
    this.#served = config;
    this.config = this.#withChosen(config);
    this.#known = new KnownCallers(callers);
    this.#shown = showsValues ? values : shapes();
    this.#showsValues = showsValues;
    this.#upstreams = settingsOf(config, []).upstreams.map(({ name }) => name);
    this.#recorder = new Recorder({
      controls: config.controls.map(({ name }) => name),
      upstreams: this.#upstreams,
      showsValues,
      shown: this.#shown,
      runOf: (caller) => this.#chosen.runOf(caller),
    });
    this.observer = this.#recorder;
  }

  /** Another config is about to serve. @returns with callers of the console, and what to call when it serves */
  next(config: ProxyConfig): { readonly config: ProxyConfig; readonly serves: () => void } {
    return {
      config: this.#withChosen(config),
      serves: () => {
        this.#served = config;
        const controls = config.controls.map(({ name }) => name);
        this.#recorder.controls(controls);
        this.#live?.swapped(controls);
      },
    };
  }

  #withChosen(config: ProxyConfig): ProxyConfig {
    return { ...config, caller: this.#chosen.around(config.caller ?? none()) };
  }

  /**
   * Serves the page.
   * @param port undefined: the usual one, or a free one if it is taken
   */
  async serve(
    port: number | undefined,
    { proxy, addresses, tryIt, environment, lockFile }: Running,
  ): Promise<ServedConsole> {
    const key = randomBytes(24).toString('base64url');
    const live = new Live(this.#recorder);
    this.#live = live;
    const measuring = new Measuring(this.#recorder);
    const [recorder, chosen, known, shown] = [this.#recorder, this.#chosen, this.#known, this.#shown];
    const runs = new Runs({ url: proxy, recorder, chosen, known, shown });
    const served = (): ProxyConfig => this.#served;
    const listed = new Listed({ url: proxy, served, environment, lockFile, chosen, known, shown });
    const api = new Api({
      about: () => ({
        version: SELF.version,
        url: proxy,
        upstreams: this.#upstreams.map((name, i) => ({ name, address: addresses[i] ?? '' })),
        controls: served().controls.map(({ name, auditOnly, builtIn }) => ({ name, auditOnly, does: builtIn?.does })),
        callers: this.#known.names,
        callerSource: served().caller?.kind ?? 'none',
        showsValues: this.#showsValues,
        errors: WHEN,
        errorsPage: ERRORS_PAGE,
        tryIt,
      }),
      recorder,
      live,
      answers: { '/api/charts': (query) => measuring.charts(query.get('tool') ?? undefined) },
      acts: {
        '/api/try': (body, response) => runs.run(body, response),
        '/api/answer': (body, response) => runs.answer(body, response),
        '/api/catalogue': (body, response) => listed.catalogue(body, response),
        '/api/matrix': (_, response) => listed.matrix(response),
        '/api/drift': (_, response) => listed.drift(response),
      },
    });
    const serving = await serve(port ?? USUAL_PORT, key, api).catch((error: unknown) => {
      if (port === undefined && isErrno(error, 'EADDRINUSE')) return serve(0, key, api);
      throw error;
    });
    return {
      // A browser keeps the fragment for itself: it is in no request, so in no log and no Referer.
      url: `http://127.0.0.1:${serving.port}/#key=${key}`,
      close: () => {
        live.close();
        measuring.close();
        return serving.close();
      },
    };
  }
}
