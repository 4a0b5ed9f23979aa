/** Entry point of the image. The build puts the config of the deployment in the place of the one imported here. */
import config from '../proxy.config.ts';
import { run } from './run.ts';

await run(config, process.argv.slice(2));
