/** Checks a changed config and swaps it in; reports a faulty one, and leaves the old one. */
import type { Environment } from '../../proxy/base/environment.ts';
import { log } from '../../proxy/base/log.ts';
import { ConfigError } from '../../proxy/config/config-error.ts';
import { type ProxyConfig, settingsOf } from '../../proxy/config/config.ts';
import { logConfiguration } from '../../proxy/configuration.ts';
import { checkControls } from '../../proxy/pipeline/control.ts';
import type { Observer } from '../../proxy/pipeline/observer.ts';
import { prepare } from '../../proxy/prepare.ts';
import type { Proxy } from '../../proxy/start-proxy.ts';
import { explain } from '../explain.ts';
import { Files } from './files.ts';
import { CantLoad } from './modules.ts';
import { Swapping } from './swap.ts';

export interface Watched {
  readonly proxy: Proxy;
  /** Also what a changed config made necessary. */
  readonly environment: () => Environment;
  readonly observers: readonly Observer[];
  /** Of the config that serves now. */
  readonly files: ReadonlySet<string>;
  /** Loads the config again. Throws `CantLoad`. */
  load(): Promise<{ readonly config: ProxyConfig; readonly files: ReadonlySet<string> }>;
  /** What watches calls gets to know the config. @returns with what it adds, and what to call when it serves */
  shown(config: ProxyConfig): { readonly config: ProxyConfig; readonly serves: () => void };
}

export class Watching {
  readonly #watched: Watched;
  readonly #files: Files;
  readonly #swapping: Swapping;
  #reloading: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#swapping = new Swapping(watched.proxy.slot);
    this.#files = new Files(() => {
      // One after the other: the last content wins.
      this.#reloading = this.#reloading.then(() => this.#reload());
    });
    this.#files.watch(watched.files);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#files.close();
    await this.#reloading;
  }

  async #reload(): Promise<void> {
    if (this.#isClosed) return;
    const watched = this.#watched;
    const { proxy, observers } = watched;
    try {
      const { config, files } = await watched.load();
      this.#files.watch(files);
      const faults: string[] = [];
      const { upstreams } = settingsOf(config, faults);
      if (faults.length > 0) throw new ConfigError(faults);
      const checked = await checkControls(config.controls, { upstreams: upstreams.map(({ name }) => name) });
      if (checked.faults.length > 0) throw new ConfigError(checked.faults);
      for (const warning of checked.warnings) log.warn(warning);
      const seen = watched.shown(config);
      const before = proxy.slot.current;
      const prepared = await prepare(seen.config, watched.environment(), { watching: observers, before });
      if (this.#isClosed) return;
      this.#swapping.swap(prepared);
      seen.serves();
      logConfiguration(prepared.settings, watched.environment());
      const names = config.controls.map(({ name }) => name).join(', ');
      log.info(`the changed config serves from now on: controls ${names === '' ? 'none' : names}`);
    } catch (error) {
      // Its files are watched, too: the next change may fix it.
      if (error instanceof CantLoad) this.#files.watch(error.files);
      const reason = explain(error instanceof CantLoad ? error.cause : error, '').trim();
      log.error(`the changed config is faulty, the one before still serves: ${reason}`);
    }
  }
}
