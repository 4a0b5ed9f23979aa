/** `tool-lock` for the tests that run all controls. */
import { toolLock } from '../../../proxy/controls/tool-lock/index.ts';
import type { Samples } from '../samples.ts';
import { writtenLock } from './written.ts';

const tool = (name: string): object => ({ name, inputSchema: { type: 'object' } });
const prompt = (name: string): object => ({ name, description: 'x' });
const lock = (name: string): object => writtenLock({ tools: [tool(name)], prompts: [prompt(name)] });

export const samples: Samples = {
  table: [toolLock({ lock: lock('x') })],
  linear: { 'tool-lock': toolLock({ lock: lock('x') }), watching: toolLock({ lock: lock('x'), mode: 'audit' }) },
  hostile: {
    'tool-lock': toolLock({ lock: lock('known') }),
    watching: toolLock({ lock: lock('known'), mode: 'audit' }),
  },
  entries: { 'tool-lock': toolLock({ lock: lock('odd') }), excepting: toolLock({ lock: lock('x'), except: ['odd'] }) },
};
