/** `npm run doctor`: checks that everything is ready for a deployment. */
import { examine } from './examine.ts';
import { EXIT } from './failure.ts';
import { type Finding, showFinding, tally } from './finding.ts';
import type { Output } from './terminal.ts';

export interface DoctorOptions {
  readonly names: readonly string[];
  readonly deployments: string | undefined;
}

export async function doctor({ names, deployments }: DoctorOptions, output: Output): Promise<number> {
  const show = findingPrinter(output);
  await using examined = await examine({
    names,
    deployments,
    context: [],
    onFinding: show,
    onProgress: (text) => output.progress(text),
  });
  const { findings } = examined;
  const healthy = findings.every(({ state }) => state !== 'failed');
  output.line();
  output.line(`${output.paint(healthy ? 'green' : 'red', tally(findings))}. Nothing was changed.`);
  output.result({ command: 'doctor', ok: healthy, findings });
  return healthy ? EXIT.ok : EXIT.failed;
}

/** Prints findings as they arrive, grouped by deployment. */
export function findingPrinter(output: Output): (finding: Finding) => void {
  let group: string | undefined = '';
  return (finding) => {
    if (finding.deployment !== group) {
      group = finding.deployment;
      output.line();
      output.line(output.paint('bold', group ?? 'this machine and account'));
    }
    showFinding(output, finding);
  };
}
