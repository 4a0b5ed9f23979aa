/** One call while it is under way. */
import type { Recording } from '../../console/record/recording.ts';
import type { Call } from '../../proxy/call/call.ts';
import type { Carrying, Noting } from './carried.ts';
import type { Passed } from './passed.ts';

/** One call under way. */
export interface Pending extends Noting {
  readonly number: number;
  readonly call: Call;
  readonly carrying: Carrying[];
  readonly got: Delivered;
  unsent?: string;
  recording?: Recording;
}

/** What the client gets. */
export interface Delivered {
  status: number;
  type: string;
  session: string | undefined;
  body: Passed;
}
