/**
 * How the operator's commands reach AWS: through this machine's forward proxy, trusting the authorities that
 * AWS's tools trust here. They don't use the network of a deployment.
 */
import { readFile } from 'node:fs/promises';
import { Faults } from '../../proxy/base/environment.ts';
import { parseAuthorities } from '../../proxy/network/authorities.ts';
import { readForwardProxies } from '../../proxy/network/forward-proxies.ts';
import { useNetwork } from '../../proxy/network/network.ts';
import { EXIT, Failure } from './failure.ts';

/** Reads `HTTPS_PROXY`, `NO_PROXY` and `AWS_CA_BUNDLE`. Throws `Failure` if one can't be used. */
export async function useOwnNetwork(environment: NodeJS.ProcessEnv): Promise<void> {
  const faults = new Faults();
  const proxies = readForwardProxies(environment, faults);
  if (faults.errors.length > 0) throw new Failure(faults.errors.join('\n'), EXIT.usage);
  useNetwork({ proxies, authorities: await authoritiesIn(environment['AWS_CA_BUNDLE']) });
}

async function authoritiesIn(file: string | undefined): Promise<readonly string[]> {
  if (file === undefined || file === '') return [];
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const read = text === undefined ? 'expected a file that can be read' : parseAuthorities(text);
  if (typeof read === 'string') throw new Failure(`AWS_CA_BUNDLE: ${read}`, EXIT.usage);
  return read.certificates;
}
