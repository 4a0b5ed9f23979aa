/** A replay reaches nothing: whatever tries to connect in this process fails, and is named. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';

export class NoNetwork extends Error {
  readonly code = 'ENETUNREACH';
}

/** @param tried is told where something wanted to connect to */
export function withoutNetwork(tried: (where: string) => void): void {
  const refuse = (where: string): NoNetwork => {
    tried(where);
    return new NoNetwork(`a replay reaches nothing, and ${where} was asked for`);
  };
  net.Socket.prototype.connect = function connect(this: net.Socket, ...args: unknown[]): net.Socket {
    const error = refuse(whereOf(args));
    process.nextTick(() => this.destroy(error));
    return this;
  };
  const lookup = (host: string, ...rest: unknown[]): void => {
    const callback = rest.at(-1);
    const error = refuse(host);
    if (typeof callback === 'function')
      process.nextTick(() => {
        Reflect.apply(callback, undefined, [error]);
      });
  };
  Object.assign(dns, { lookup, resolve: lookup, resolve4: lookup, resolve6: lookup });
  Object.assign(dns.promises, { lookup: (host: string) => Promise.reject(refuse(host)) });
  dgram.Socket.prototype.send = () => {
    throw refuse('a host by UDP');
  };
}

/** Node gives its own calls a normalized list of arguments. */
function whereOf(args: readonly unknown[]): string {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as readonly unknown[]) : args;
  if (typeof first === 'object' && first !== null) {
    const { host, port, path }: { readonly host?: unknown; readonly port?: unknown; readonly path?: unknown } = first;
    return typeof path === 'string'
      ? path
      : `${typeof host === 'string' ? host : 'this machine'}:${JSON.stringify(port)}`;
  }
  return typeof first === 'number' ? `${typeof second === 'string' ? second : 'this machine'}:${first}` : String(first);
}
