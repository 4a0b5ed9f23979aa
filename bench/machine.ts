import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

/** The date, Node version, machine and load of a table, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${platform()} ${arch()}, ${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, ${gigabytes} GB, load ${loadavg()[0]?.toFixed(1)} at the end`;
}
