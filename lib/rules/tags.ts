/** Tags with AgentCore's limits, which are stricter than those of other services. */
import { recordOf, textBy } from './parse.ts';
import { TEXTS } from './texts.ts';

export const tags = recordOf(textBy(TEXTS.tagName), textBy(TEXTS.tagValue), 'tags', 50);
