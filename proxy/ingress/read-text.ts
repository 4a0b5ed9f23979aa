/** Reads the message in a body, or the id of the request that is refused. */
import { atOnce, inTurns, SHORT } from '../base/turns.ts';
import { type Message, readMessage, readMessageInTurns, requestIdOf } from '../call/message.ts';
import { NOTHING_KNOWN, type Refused } from '../call/wire.ts';

/**
 * The message in a body. Synchronous for a short text.
 * @param known receives what is known of a message that is refused
 */
export function readText(
  text: string,
  maxDepth: number,
  known: (refused: Refused) => void,
): Message | Promise<Message> {
  return text.length <= SHORT ? readShort(text, maxDepth, known) : readLong(text, maxDepth, known);
}

function readShort(text: string, maxDepth: number, known: (refused: Refused) => void): Message {
  try {
    return readMessage(text, maxDepth);
  } catch (error) {
    known({ ...NOTHING_KNOWN, id: atOnce(requestIdOf(text, maxDepth)) });
    throw error;
  }
}

async function readLong(text: string, maxDepth: number, known: (refused: Refused) => void): Promise<Message> {
  try {
    return await inTurns(readMessageInTurns(text, maxDepth));
  } catch (error) {
    known({ ...NOTHING_KNOWN, id: await inTurns(requestIdOf(text, maxDepth)) });
    throw error;
  }
}
