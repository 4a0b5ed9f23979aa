/** What a control may ask of the upstream behind a call, where there are several: under the client's names. */
import type { Tool } from '@modelcontextprotocol/server';
import { ProxyError } from '../base/errors.ts';
import type { UpstreamView } from '../call/call.ts';
import type { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import type { Aggregate } from './aggregate.ts';
import type { Route } from './catalogue.ts';
import type { Member } from './member.ts';

/** A tool under its client's name: one object for each of the upstream's. */
const shownTools = new WeakMap<Tool, Tool>();

export class AggregateView implements UpstreamView {
  readonly #aggregate: Aggregate;
  readonly #exchange: Exchange;
  readonly #message: Message | undefined;

  constructor(aggregate: Aggregate, exchange: Exchange, message: Message | undefined) {
    this.#aggregate = aggregate;
    this.#exchange = exchange;
    this.#message = message;
  }

  get name(): string {
    return this.#aggregate.upstreamOf(this.#message, this.#exchange)?.name ?? '*';
  }

  for(message: Message | undefined): UpstreamView {
    return new AggregateView(this.#aggregate, this.#exchange, message);
  }

  async tools(): Promise<readonly Tool[]> {
    const lists = await Promise.all(
      this.#aggregate.members.map(async (member) => {
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
    const route = this.#knownRoute(name);
    const tool = route && this.#viewOf(route.member).listed?.(route.name);
    return tool && route && shown(tool, route.member);
  }

  #viewOf(member: Member): UpstreamView {
    return member.upstream.view(this.#aggregate.exchangeTo(member, this.#exchange));
  }

  #knownRoute(name: string): Route | undefined {
    try {
      return this.#aggregate.catalogue.byPrefix('tools', name);
    } catch {
      return undefined;
    }
  }

  async #routeTo(name: string): Promise<Route | undefined> {
    try {
      return await this.#aggregate.toolRoute(name, this.#exchange);
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
