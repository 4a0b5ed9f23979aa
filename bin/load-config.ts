/** Loads a `proxy.config.ts` without a build, from any folder. */
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { moduleFile } from '../lib/root.ts';
import type { ProxyConfig } from '../proxy/config/config.ts';
import { isObject } from '../proxy/json/lossless.ts';
import { ConfigError } from '../proxy/start-proxy.ts';
import { fromHere } from './from-here.ts';
import { OptionError } from './option-error.ts';
import { defaultConfig } from './project.ts';

const OWN: Readonly<Record<string, string>> = {
  'agentcore-mcp-proxy': 'proxy/index',
  'agentcore-mcp-proxy/controls': 'proxy/controls/index',
};

/** @param file a path. @default - the project's config */
export async function loadConfig(file: string | undefined): Promise<ProxyConfig> {
  const path = configPath(file);
  return configIn(
    path,
    await import(pathToFileURL(path).href).catch((error: unknown) => {
      throw whyNot(path, error);
    }),
  );
}

export interface LoadedConfig {
  readonly config: ProxyConfig;
  /** That it is made of, without those of packages. */
  readonly files: ReadonlySet<string>;
}

/** Loads a config that may change: each call of the returned function loads it again. */
export async function reloadable(file: string | undefined): Promise<() => Promise<LoadedConfig>> {
  const path = configPath(file);
  const { CantLoad, followImports, loadAgain } = await import('./watch/modules.ts');
  followImports();
  return async () => {
    const { module, files } = await loadAgain(path).catch((error: unknown) => {
      throw error instanceof CantLoad ? new CantLoad(whyNot(path, error.cause), error.files) : error;
    });
    try {
      return { config: configIn(path, module), files };
    } catch (error) {
      throw new CantLoad(error, files);
    }
  };
}

function configPath(file: string | undefined): string {
  const path = file === undefined ? defaultConfig() : fromHere(file);
  if (!existsSync(path)) throw noFile(path);
  registerHere();
  return path;
}

let isRegistered = false;

/** A config outside the repository finds this package through no node_modules. */
function registerHere(): void {
  if (isRegistered) return;
  isRegistered = true;
  registerHooks({
    resolve: (specifier, context, next) => {
      const own = OWN[specifier];
      return own === undefined
        ? next(specifier, context)
        : { url: pathToFileURL(moduleFile(own)).href, shortCircuit: true };
    },
    // As in a bundle: policies may be in separate files.
    load: (url, context, next) => {
      const file = url.replace(/[?#].*$/, '');
      if (!file.endsWith('.cedar')) return next(url, context);
      return {
        format: 'module',
        source: `export default ${JSON.stringify(readFileSync(fileURLToPath(file), 'utf8'))};`,
        shortCircuit: true,
      };
    },
  });
}

/** Throws `ConfigError` if the module has none. */
function configIn(path: string, loaded: unknown): ProxyConfig {
  const config: unknown =
    typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  if (!isConfig(config))
    throw new ConfigError([
      `--config: expected ${path} to export defineProxy({ controls: […] }) as default, got ${config === undefined ? 'no default export' : `a ${typeof config}`}`,
    ]);
  return config;
}

function noFile(path: string): OptionError {
  return new OptionError([`--config: expected a file, found nothing at ${path}`]);
}

/** The error in words, if the config is missing or a lock that it imports: how to write that. Others stay as they are. */
function whyNot(config: string, error: unknown): unknown {
  const url = isObject(error) && error['code'] === 'ERR_MODULE_NOT_FOUND' ? error['url'] : undefined;
  if (typeof url !== 'string' || !url.startsWith('file:')) return error;
  const missing = fileURLToPath(url.replace(/[?#].*$/, ''));
  if (missing === config) return noFile(config);
  if (!missing.endsWith('.lock.json')) return error;
  return new ConfigError([
    `--config: expected the lock ${missing}, found none: write it with "npm run tools -- lock --config ${config} --out ${missing}"`,
  ]);
}

/** The proxy checks the parts, together with the bindings. */
function isConfig(value: unknown): value is ProxyConfig {
  return isObject(value);
}
