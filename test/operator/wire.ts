/** The values that the parts of the small AWS pass to each other. */
import type http from 'node:http';

export const ACCESS_KEY = 'AKIDOPERATOR';
/** The credentials that STS returns for a role. */
export const ROLE_KEY = 'ASIAROLE';
export const SECRET_KEY = 'operators-secret';

/** An error in AWS's own words. */
export class AwsRefusal extends Error {
  readonly status: number;
  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export interface Asked {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answered {
  readonly action: string;
  readonly type: string;
  readonly body: string;
}
