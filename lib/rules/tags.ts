/** Tags, as AgentCore takes them: that is less than what other services do. */
import { recordOf, textBy } from './parse.ts';
import { TEXTS } from './texts.ts';

export const tags = recordOf(textBy(TEXTS.tagName), textBy(TEXTS.tagValue), 'tags', 50);
