/** `npx agentcore-mcp-proxy init`: makes your own project. */
import './log-on-stderr.ts';
import { join } from 'node:path';
import { ROOT } from '../lib/root.ts';
import { fromHere } from './from-here.ts';
import { init } from './init/run.ts';
import { pins } from './pins.ts';

process.exitCode = init(
  process.argv.slice(2),
  () => ({ template: join(ROOT, 'template'), cdkJson: join(ROOT, 'cdk.json'), pins: pins() }),
  {
    started: 'npx agentcore-mcp-proxy init',
    resolve: fromHere,
    print: (text) => console.log(text),
    complain: (text) => console.error(text),
  },
);
