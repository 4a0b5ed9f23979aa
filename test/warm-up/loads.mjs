import { writeSync } from 'node:fs';
/** Preloaded: writes a line for each module that is loaded. */
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    writeSync(1, `loads ${url}\n`);
    return next(url, context);
  },
});
