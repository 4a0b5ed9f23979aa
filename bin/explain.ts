/** Makes the message for a person from a command's error: what is wrong and where in their files, without internal frames. */
import { pathToFileURL } from 'node:url';
import { IS_PUBLISHED, ROOT } from '../lib/root.ts';
import { ControlFault } from '../proxy/base/errors.ts';
import { ConfigError } from '../proxy/start-proxy.ts';
import { pins } from './pins.ts';
import { unmarked } from './watch/modules.ts';

const OURS = ['bin', 'proxy', 'node_modules'].map((folder) => `${pathToFileURL(ROOT).href}/${folder}/`);

/** What Node says of a package that isn't installed. */
const LACKING = /^Cannot find package '((?:@[^/']+\/)?[^/']+)/;

/** @param usage printed after a wrong option */
export function explain(error: unknown, usage: string): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError) return error.message;
  if ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) return `${error.message}\n\n${usage}`;
  const [, lacking] = IS_PUBLISHED ? (LACKING.exec(error.message) ?? []) : [];
  if (lacking !== undefined) return lack(lacking);
  const fault = error instanceof ControlFault ? error : undefined;
  const thrown = fault?.cause instanceof Error ? fault.cause : error;
  const [header = '', ...frames] = (thrown.stack ?? thrown.message).split(/\n(?= {4}at )/);
  const theirs = frames.filter((frame) => !frame.includes('node:') && !OURS.some((folder) => frame.includes(folder)));
  return unmarked([fault?.message ?? header.replace(/^Error: /, ''), ...theirs].join('\n'));
}

/** What few people need isn't installed with this package. */
function lack(name: string): string {
  const version = pins()[name];
  return `this needs the package ${name}, which isn't installed: run "npm install --save-dev ${name}${version === undefined ? '' : `@${version}`}"`;
}
