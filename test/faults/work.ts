/** The folder for all files of a run; removed when the run ends. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';

mkdirSync(join(ROOT, '.cache'), { recursive: true });
export const work = mkdtempSync(join(ROOT, '.cache', 'faults-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
