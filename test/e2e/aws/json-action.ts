/** The actions of a service with a JSON API, by name. */
import type { Account, Credentials } from './account.ts';

type Body = Readonly<Record<string, unknown>>;
export type JsonAction = (account: Account, body: Body, caller: Credentials) => unknown;
