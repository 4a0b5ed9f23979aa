/** The company's service. Approves (204) all calls of people whose name it knows, but no division; asked nothing else. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Question {
  readonly caller?: string;
  readonly tool?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly url: string;
  readonly questions: readonly Question[];
  close(): Promise<void>;
}

export async function startService(): Promise<Service> {
  const questions: Question[] = [];
  const server = createServer((request, response) => {
    void json(request).then((question) => {
      questions.push(question as Question);
      const { caller, tool } = question as Question;
      response.writeHead(caller === 'ann' && tool !== 'divide' ? 204 : 403).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/approve`,
    questions,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
