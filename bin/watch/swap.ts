/** Replaces what serves calls. Those under way keep what they began with. */
import { PassingSink } from '../../console/record/passing-sink.ts';
import type { CallKind } from '../../proxy/call/call.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import type { Message } from '../../proxy/call/message.ts';
import type { Dispatching } from '../../proxy/dispatch/dispatching.ts';
import type { Prepared } from '../../proxy/prepare.ts';
import type { Sink } from '../../proxy/reply/delivery.ts';
import type { Slot } from '../../proxy/start-proxy.ts';

export class Swapping {
  readonly #slot: Slot;
  #counted: Counted;

  /** Right after the start, before any call. */
  constructor(slot: Slot) {
    this.#slot = slot;
    this.#counted = new Counted(slot.ingress.dispatcher);
    Object.assign(slot.ingress, { dispatcher: this.#counted });
  }

  /** @param next prepared with what serves now as `before` */
  swap(next: Prepared): void {
    const { current: old, ingress, leaving } = this.#slot;
    const before = this.#counted;
    this.#counted = new Counted(next.serving.dispatcher);
    next.started.upstream.attend(next.attention);
    Object.assign(ingress, next.serving, { dispatcher: this.#counted });
    this.#slot.current = next;
    next.ready();
    let isEnded = false;
    const end = async (): Promise<void> => {
      if (isEnded) return;
      isEnded = true;
      leaving.delete(end);
      await Promise.allSettled(old.onClose.map((close) => close()));
      if (old.started !== next.started) await old.started.upstream.close(0);
    };
    leaving.add(end);
    if (old.started !== next.started) old.started.upstream.closing();
    // A request whose body was on its way may have begun with the old one: it has this long to arrive.
    const late = setTimeout(() => before.whenIdle(() => void end()), old.serving.requestTimeoutMs);
    late.unref();
  }
}

/** Counts calls until their last byte. */
class Counted implements Dispatching {
  readonly #to: Dispatching;
  readonly #idle: (() => void)[] = [];
  #underWay = 0;

  constructor(to: Dispatching) {
    this.#to = to;
  }

  async dispatch(kind: CallKind, message: Message | undefined, exchange: Exchange, sink: Sink): Promise<void> {
    this.#underWay++;
    await this.#to.dispatch(kind, message, exchange, new EndingSink(sink, () => this.#ended()));
  }

  isOpen(exchange: Exchange): boolean {
    return this.#to.isOpen(exchange);
  }

  whenIdle(listener: () => void): void {
    if (this.#underWay === 0) listener();
    else this.#idle.push(listener);
  }

  #ended(): void {
    this.#underWay--;
    if (this.#underWay === 0) for (const listener of this.#idle.splice(0)) listener();
  }
}

class EndingSink extends PassingSink {
  #onEnd: (() => void) | undefined;

  constructor(to: Sink, onEnd: () => void) {
    super(to);
    this.#onEnd = onEnd;
  }

  override end(last?: Buffer): void {
    super.end(last);
    this.#over();
  }

  override cut(): void {
    super.cut();
    this.#over();
  }

  #over(): void {
    const listener = this.#onEnd;
    this.#onEnd = undefined;
    listener?.();
  }
}
