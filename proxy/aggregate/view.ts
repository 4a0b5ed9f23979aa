/** What a control may ask of the upstream behind a call, where there are several: under the client's names. */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import type { UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import type { Route } from './catalogue.ts';
import type { Member } from './member.ts';

/** What a view needs of all upstreams. */
export interface Viewed {
  readonly members: readonly Member[];
  /** The upstream that a message goes to, as far as its own text and what is known of the lists show. */
  upstreamOf(message: Message | undefined, exchange: Exchange): Member | undefined;
  /** The exchange as one upstream sees it. */
  exchangeTo(member: Member, exchange: Exchange): Exchange;
  /** Throws `unknown-name`. */
  toolRoute(name: string, exchange: Exchange): Route | Promise<Route>;
  /** As {@link toolRoute}, without asking. */
  knownToolRoute(name: string, exchange: Exchange): Route | undefined;
}

/** A tool under its client's name: one object for each of the upstream's. */
const shownTools = new WeakMap<Tool, Tool>();

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

  for(message: Message | undefined): UpstreamView {
    return new AggregateView(this.#viewed, this.#exchange, message);
  }

  async tools(): Promise<readonly Tool[]> {
    const lists = await Promise.all(
      this.#viewed.members.map(async (member) => {
        const tools = await this.#viewOf(member).tools();
        return tools.map((tool) => shown(tool, member));
      }),
    );
    return lists.flat();
  }

  async tool(name: string, suffices?: (tool: Tool | undefined) => boolean): Promise<Tool | undefined> {
    const route = await this.#routeTo(name);
    if (route === undefined) return undefined;
    const { member } = route;
    const tool = await this.#viewOf(member).tool(
      route.name,
      suffices && ((found) => suffices(found && shown(found, member))),
    );
    return tool && shown(tool, member);
  }

  listed(name: string): Tool | undefined {
    const route = this.#viewed.knownToolRoute(name, this.#exchange);
    const tool = route && this.#viewOf(route.member).listed?.(route.name);
    return tool && route && shown(tool, route.member);
  }

  #viewOf(member: Member): UpstreamView {
    return member.upstream.view(this.#viewed.exchangeTo(member, this.#exchange));
  }

  async #routeTo(name: string): Promise<Route | undefined> {
    try {
      return await this.#viewed.toolRoute(name, this.#exchange);
    } catch (error) {
      if (error instanceof ProxyError && error.code === 'unknown-name') return undefined;
      throw error;
    }
  }
}

function shown(tool: Tool, { naming }: Member): Tool {
  if (naming.prefix === '') return tool;
  let found = shownTools.get(tool);
  if (found === undefined) shownTools.set(tool, (found = Object.freeze({ ...tool, name: naming.shown(tool.name) })));
  return found;
}
