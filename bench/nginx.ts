/**
 * Runs nginx as a byte pipe, and answers the harness for it: what a proxy costs that isn't written in JavaScript. One
 * process, without logs, with kept-alive connections on both sides.
 *
 * UPSTREAM_URL is where it forwards to.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/free-port.ts';
import type { Usage } from './probe.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-nginx-'));

const { host } = new URL(process.env['UPSTREAM_URL'] ?? 'http://127.0.0.1:9000/mcp');
const port = await freePort();
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder};`);
writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600; tcp_nodelay on; ${temporary.join(' ')}
  upstream up { server ${host}; keepalive 256; keepalive_requests 1000000000; keepalive_timeout 600; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
);
// The shell ends nginx when this process is gone, however it ended, since its stdin ends then.
const script = `nginx -p ${folder} -c ${folder}/nginx.conf & cat > /dev/null; kill -9 $!; rm -rf ${folder}`;
const nginx = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'inherit'] });
nginx.on('exit', () => process.exit(1));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
process.on('disconnect', () => process.exit(0));

/** Nanoseconds on a CPU, and pages. */
function usage(): Usage {
  const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
  const [ran] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
  const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
  return { cpu: Number(ran) / 1000, rss: Number(resident) * 4096 };
}

process.on('message', (question) => {
  process.send?.(question === 'usage' ? usage() : { failed: `nginx has no ${JSON.stringify(question)}` });
});
// It listens a moment after it was started.
for (let left = 100; left > 0; left--) {
  if (
    await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    )
  )
    break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
console.log(JSON.stringify({ event: 'listening', port }));
