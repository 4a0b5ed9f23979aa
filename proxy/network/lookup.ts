/** Name resolution that refuses addresses no upstream may have, at the moment of connecting (SSRF, DNS rebinding). */
import type { LookupAddress, LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { forbiddenAddress } from './forbidden-address.ts';

type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Returns a `lookup` for sockets. @param resolve the system's resolver, except in tests */
export function guardedLookup(resolve: Resolve = process.getBuiltinModule('node:dns').lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => forbiddenAddress(address) === undefined);
      const [first] = allowed;
      if (first === undefined) {
        callback(Object.assign(new Error('every address of the host is forbidden'), { code: 'EFORBIDDENADDRESS' }), []);
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
