/** How often the tool that answers a question is among the first that the ranker finds. */
import { Ranker } from '../../proxy/tool-search/ranker.ts';
import { catalogue, type Question, questions } from './catalogue.ts';

export interface Recall {
  readonly share: number;
  readonly asked: number;
  /** Questions whose tool was not found. */
  readonly missed: readonly Question[];
}

export async function recallAt(limit: number): Promise<Recall> {
  const tools = catalogue();
  const ranker = await Ranker.of(tools.map((tool) => ({ ...tool })));
  const asked = questions();
  const missed: Question[] = [];
  for (const question of asked) {
    const found = await ranker.search(question.text, limit);
    if (!found.some((at) => tools[at]?.name === question.tool)) missed.push(question);
  }
  return { share: 1 - missed.length / asked.length, asked: asked.length, missed };
}
