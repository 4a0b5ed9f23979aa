/**
 * Writes what Node has compiled to its cache while a process runs. Node itself does that only when a process ends by
 * itself, but tests kill the proxies that they start: each would compile all of its modules again.
 */
import * as module from 'node:module';

/** When a process has loaded its modules: on an idle machine, and on a busy one. */
const AFTER_MS = [1_000, 5_000];

// Node 20, with which CDK's command line is started where it is on the path, has no such cache.
const { flushCompileCache, getCompileCacheDir } = module;
if (flushCompileCache !== undefined && getCompileCacheDir?.() !== undefined)
  for (const after of AFTER_MS) setTimeout(flushCompileCache, after).unref();
