/** The options of search in a config. */
import { settingsOf } from '../../proxy/config/config.ts';
import { searchOf } from '../../proxy/config/search.ts';
import { ConfigError } from '../../proxy/start-proxy.ts';
import type { SearchSettings } from '../../proxy/tool-search/settings.ts';
import { loadConfig } from '../load-config.ts';

/** Of a config without search: the defaults. */
export async function searchSettings(config: string | undefined): Promise<SearchSettings> {
  const faults: string[] = [];
  // Its controls are not run, and the lock of `tool-lock` is not read.
  const { search = searchOf(true, [], faults) } = settingsOf({ ...(await loadConfig(config)), controls: [] }, faults);
  if (search === undefined || faults.length > 0) throw new ConfigError(faults);
  return search;
}
