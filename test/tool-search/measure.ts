/** `npm run recall`: how often tool search finds the right tool of the made-up catalogue, and which questions it fails. */
import { recallAt } from './recall.ts';

for (const limit of [1, 3, 5, 10]) {
  const { share, asked, missed } = await recallAt(limit);
  console.log(`recall@${limit}: ${share.toFixed(3)} (${asked - missed.length} of ${asked})`);
  if (limit === 5) for (const { text, tool } of missed) console.log(`  not found: "${text}" (${tool})`);
}
