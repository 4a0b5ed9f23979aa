/**
 * The proxy before two upstreams: the one under test, whose names stay as they are, and another with a single tool, whose
 * name has a prefix. That tool takes anything: some scenarios call all that is listed.
 */
import { McpServer } from '@modelcontextprotocol/server';
import { startEndpoint } from '../../local/endpoint.ts';
import { defineProxy } from '../../proxy/index.ts';
import { run } from '../../proxy/run.ts';

const other = await startEndpoint(() => {
  const server = new McpServer({ name: 'other', version: '1.0.0' });
  server.registerTool('nothing', { description: 'Does nothing' }, () => ({ content: [] }));
  return server;
});
const { UPSTREAM_URL = '', UPSTREAM_AUTH = 'none' } = process.env;
for (const [name, value] of Object.entries(process.env)) {
  const rest = /^UPSTREAM_(?!FIXTURE_|OTHER_)(.*)$/.exec(name)?.[1];
  if (rest !== undefined) process.env[`UPSTREAM_FIXTURE_${rest}`] = value;
}
process.env['UPSTREAM_FIXTURE_URL'] = UPSTREAM_URL;
process.env['UPSTREAM_FIXTURE_AUTH'] = UPSTREAM_AUTH;
process.env['UPSTREAM_OTHER_URL'] = other.url;
process.once('exit', () => void other.close());
process.once('SIGTERM', () => void other.close());

await run(
  defineProxy({ controls: [], upstreams: { fixture: { prefix: false }, other: { prefix: true } } }),
  process.argv.slice(2),
);
