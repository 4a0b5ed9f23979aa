/**
 * `npm run controls`: shows which controls a change weakens. Works offline: it reads two cloud assemblies, templates or
 * descriptions.
 */
import './log-on-stderr.ts';
import { parseArgs } from 'node:util';
import { compare } from './controls/compare.ts';
import { readShown } from './controls/shown.ts';
import { explain } from './explain.ts';
import { fromHere } from './from-here.ts';

const USAGE = `usage: npm run controls -- diff BEFORE AFTER [--approved LABELS] [--json]

Lists the controls that a change drops, reorders or weakens and the callers that it adds, and fails until that is approved.

  BEFORE, AFTER  each a cloud assembly (the folder that cdk synth -o writes), a template, what "aws cloudformation get-template"
                 printed, or what "node dist/proxy/main.mjs --describe" printed
  --approved     labels, as a JSON list or separated by spaces; the one that this command names approves exactly what is lost
  --json         one JSON document

exit codes: 0 nothing is lost, or it is approved; 1 something is lost; 2 wrong options, or a file that can't be read`;

try {
  process.exitCode = main();
} catch (error) {
  console.error(explain(error, USAGE));
  process.exitCode = 2;
}

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      approved: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const [verb, before, after, ...more] = positionals;
  if (values.help === true) {
    console.log(USAGE);
    return 0;
  }
  if (verb !== 'diff' || before === undefined || after === undefined || more.length > 0) {
    console.error(USAGE);
    return 2;
  }
  const { lost, changed, sameConfigs, approval } = compare(readShown(fromHere(before)), readShown(fromHere(after)));
  const approved = approval !== undefined && labelsIn(values.approved).includes(approval);
  if (values.json) {
    console.log(
      JSON.stringify(
        { lost, changed, sameConfigs, ...(approval === undefined ? {} : { approval, approved }) },
        null,
        2,
      ),
    );
  } else {
    for (const line of lost) console.log(`lost     ${line}`);
    for (const line of changed) console.log(`changed  ${line}`);
    if (approval === undefined)
      console.log(
        sameConfigs
          ? 'nothing is lost'
          : 'no control is lost; whether each still refuses the same calls, only a review of the config shows',
      );
    else
      console.log(
        approved
          ? `approved by ${approval}`
          : `\nif this is intended, approve it with the label ${approval}, which stands for exactly these lines`,
      );
  }
  return approval === undefined || approved ? 0 : 1;
}

function labelsIn(given: string): readonly string[] {
  if (!given.trimStart().startsWith('[')) return given.split(/\s+/);
  const labels: unknown = JSON.parse(given);
  return Array.isArray(labels) ? labels.map(String) : [];
}
