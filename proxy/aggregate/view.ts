/** What a control may ask of the upstream behind a call, where there are several: under the client's names. */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import type { ListedPrompt, UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { errorOf } from './failures.ts';
import { inTime } from './in-time.ts';
import { KINDS } from './listed.ts';
import type { Member } from './member.ts';
import type { Route, Subject } from './routes.ts';
import { shown, shownTools } from './shown-tools.ts';

/** What a view needs of all upstreams. */
export interface Viewed {
  readonly members: readonly Member[];
  /** The upstream that a message goes to, as far as its own text and what is known of the lists show. */
  upstreamOf(message: Message | undefined, exchange: Exchange): Member | undefined;
  /** The upstream of a name or URI, as far as it is known. @param isCalled the call is about it */
  ownerOf(kind: Subject, name: string, exchange: Exchange, isCalled: boolean): Member | undefined;
  /** The exchange as one upstream sees it. */
  exchangeTo(member: Member, exchange: Exchange): Exchange;
  /** Throws `unknown-name`. */
  toolRoute(name: string, exchange: Exchange): Route | Promise<Route>;
  /** Throws `unknown-name`. */
  promptRoute(name: string, exchange: Exchange): Route | Promise<Route>;
  /** As {@link toolRoute}, without asking. */
  knownToolRoute(name: string, exchange: Exchange): Route | undefined;
}

const SUBJECT = { Tool: 'tools', Prompt: 'prompts', Resource: 'resources' } as const;
/** Calls that show many names and go to none of them. */
const LISTS: ReadonlySet<string> = new Set(Object.values(KINDS).map(({ method }) => method));

export class AggregateView implements UpstreamView {
  readonly #viewed: Viewed;
  readonly #exchange: Exchange;
  readonly #message: Message | undefined;

  constructor(viewed: Viewed, exchange: Exchange, message: Message | undefined) {
    this.#viewed = viewed;
    this.#exchange = exchange;
    this.#message = message;
  }

  get name(): string {
    return this.#viewed.upstreamOf(this.#message, this.#exchange)?.name ?? '*';
  }

  among(type: 'Tool' | 'Prompt' | 'Resource' | 'Upstream', name: string): readonly string[] {
    const viewed = this.#viewed;
    const owner =
      type === 'Upstream'
        ? viewed.upstreamOf(this.#message, this.#exchange)
        : viewed.ownerOf(SUBJECT[type], name, this.#exchange, !LISTS.has(this.#message?.method ?? ''));
    return owner === undefined ? viewed.members.map((member) => member.name) : [owner.name];
  }

  for(message: Message | undefined): UpstreamView {
    return new AggregateView(this.#viewed, this.#exchange, message);
  }

  async tools(): Promise<readonly Tool[]> {
    const lists = await Promise.allSettled(
      this.#viewed.members.map(async (member) => {
        // Not for as long as a call may take: most calls go to another upstream.
        const exchange = this.#viewed.exchangeTo(member, this.#exchange);
        const listed = async (): Promise<readonly Tool[]> =>
          member.lookUp(() => member.upstream.view(exchange).tools());
        return { member, tools: await inTime(member, exchange, KINDS.tools.method, listed()) };
      }),
    );
    const found = lists.filter((list) => list.status === 'fulfilled');
    // An upstream that is down takes only its own tools with it.
    const failed = lists.find((list) => list.status === 'rejected');
    if (found.length === 0 && failed !== undefined) throw errorOf(failed.reason);
    return shownTools(
      found.map(({ value }) => value),
      this.#viewed.members,
    );
  }

  async tool(name: string, suffices?: (tool: Tool | undefined) => boolean): Promise<Tool | undefined> {
    const route = await routeOf(() => this.#viewed.toolRoute(name, this.#exchange));
    if (route === undefined) return undefined;
    const { member } = route;
    const tool = await member.lookUp(() =>
      this.#viewOf(member).tool(route.name, suffices && ((found) => suffices(found && shown(found, member)))),
    );
    return tool && shown(tool, member);
  }

  listed(name: string): Tool | undefined {
    const route = this.#viewed.knownToolRoute(name, this.#exchange);
    const tool = route && this.#viewOf(route.member).listed?.(route.name);
    return tool && route && shown(tool, route.member);
  }

  async prompt(
    name: string,
    suffices: (prompt: ListedPrompt | undefined) => boolean,
  ): Promise<ListedPrompt | undefined> {
    const route = await routeOf(() => this.#viewed.promptRoute(name, this.#exchange));
    if (route === undefined) return undefined;
    const { member } = route;
    const prompt = await member.lookUp(() =>
      this.#viewOf(member).prompt?.(route.name, (found) => suffices(found && shown(found, member))),
    );
    return prompt && shown(prompt, member);
  }

  listChanged(kind: 'tools' | 'prompts', forOthers?: boolean): void {
    for (const member of this.#viewed.members) this.#viewOf(member).listChanged?.(kind, forOthers);
  }

  #viewOf(member: Member): UpstreamView {
    return member.upstream.view(this.#viewed.exchangeTo(member, this.#exchange));
  }
}

async function routeOf(find: () => Route | Promise<Route>): Promise<Route | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof ProxyError && error.code === 'unknown-name') return undefined;
    throw error;
  }
}
