/** What a service that speaks JSON does, by the name of the action. */
import type { Account, Credentials } from './account.ts';

type Body = Readonly<Record<string, unknown>>;
export type JsonAction = (account: Account, body: Body, caller: Credentials) => unknown;
