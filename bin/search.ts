/** `npm run search`: what tool search saves for the tools of a config, and what it finds for a question. */
import './log-on-stderr.ts';
import { parseArgs } from 'node:util';
import { foundText } from './search/found.ts';
import { savingOf, savingText } from './search/saving.ts';
import { searchSettings } from './search/settings.ts';
import { command, UPSTREAM_OPTIONS, UPSTREAM_USAGE } from './tools/command.ts';
import { readUpstreams } from './tools/upstreams.ts';

const USAGE = `usage: npm run search -- [QUESTION] [--upstream [NAME=]URL|NAME]… [--config FILE]

  without a question: the tokens of the list of tools, with and without search (characters divided by 4)
  QUESTION    the tools that a search for these words finds, best first

  ${UPSTREAM_USAGE}
  --config    the proxy.config.ts whose upstreams and options of search are meant (default: this repository's)

The tools are those of the upstreams, before any control.

exit codes: 0 done, 1 an upstream can't be read, 2 wrong options`;

await command(USAGE, main);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...UPSTREAM_OPTIONS, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  const { live } = await readUpstreams(values.config, values.upstream, process.env);
  const settings = await searchSettings(values.config);
  const tools = [...live.tools.values()];
  const question = positionals.join(' ');
  console.log(question === '' ? savingText(savingOf(tools, settings)) : await foundText(tools, question, settings));
  return 0;
}
