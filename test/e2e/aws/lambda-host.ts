/**
 * Runs a handler as the Lambda service does: `lambda-host.ts FOLDER FILE.EXPORT`, with the event on standard input. A
 * custom resource answers to an https address without a port; requests to that address are sent to the stand-in over
 * plain HTTP.
 */
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const [folder = '', handler = ''] = process.argv.slice(2);
/** The same address that `resources/custom.ts` puts into the events. */
const ANSWERS = 'cloudformation-custom-resource-response.s3.amazonaws.com';
const endpoint = new URL(process.env['AWS_ENDPOINT_URL'] ?? '');

const { request } = https;
Object.assign(https, {
  request(options: https.RequestOptions, answered?: (response: http.IncomingMessage) => void) {
    if (options.hostname !== ANSWERS) return request(options, answered);
    return http.request(
      {
        method: 'PUT',
        headers: options.headers ?? {},
        hostname: endpoint.hostname,
        port: endpoint.port,
        path: `/custom-resource-answers${options.path}`,
      },
      answered,
    );
  },
});

const [file = '', name = ''] = handler.split('.');
const code: unknown = createRequire(import.meta.url)(join(folder, `${file}.js`));
const handle: unknown = typeof code === 'object' && code !== null && name in code ? Reflect.get(code, name) : undefined;
if (typeof handle !== 'function') throw new Error(`expected ${handler} to be a function`);
const context = {
  functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'],
  getRemainingTimeInMillis: () => 30_000,
  logStreamName: 'local',
};
await Reflect.apply(handle, undefined, [JSON.parse(await text(process.stdin)), context]);
// The service freezes what a handler leaves open, such as idle connections.
process.exit();
