/** What every command of this project runs on. */
import { run } from '../child.ts';
import { ok, type Result, warning } from '../finding.ts';

export function node(version = process.versions.node): Result {
  const [major = 0] = version.split('.').map(Number);
  if (major >= 24) return ok(version);
  return warning(`${version}, whose maintenance ends or has ended`, 'run "npm ci" without --omit=optional, which brings Node 26, and start the commands through npm');
}

export async function npm(userAgent = process.env['npm_config_user_agent']): Promise<Result> {
  const [, told] = /^npm\/(\S+)/.exec(userAgent ?? '') ?? [];
  if (told !== undefined) return ok(told);
  const ran = await run('npm', ['--version'], { limitMs: 15_000 });
  if (ran.ran && ran.code === 0) return ok(ran.stdout.trim());
  return warning('not on the PATH', 'install it (it comes with Node): the CDK app and the documented commands start through npm and npx');
}
