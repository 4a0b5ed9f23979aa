/** Entry point of the image. The build replaces the config that is imported here with the deployment's. */
import config from '../proxy.config.ts';
import { run } from './run.ts';

await run(config, process.argv.slice(2));
