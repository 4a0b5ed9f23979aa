/** An upstream that serves skills (SEP-2640), by the official extension. */
import { McpServer } from '@modelcontextprotocol/server';
import { memorySkillFiles, SkillsExtension } from '@modelcontextprotocol/server/ext/skills';
import { startEndpoint } from '../../local/endpoint.ts';
import type { Listening } from '../../local/http.ts';

/** The text of a `SKILL.md`. */
export function manifest(name: string, description: string, body = ''): string {
  return `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}\n`;
}

/** @param files by path, such as `refunds/SKILL.md` */
export async function startSkills(files: Readonly<Record<string, string>>): Promise<Listening & AsyncDisposable> {
  const skills = await SkillsExtension.load(memorySkillFiles(files), {
    cacheHint: { ttlMs: 1000, cacheScope: 'public' },
    strict: true,
  });
  const endpoint = await startEndpoint(() => {
    const server = new McpServer({ name: 'skills', version: '1.0.0' });
    skills.attach(server);
    return server;
  });
  return { ...endpoint, [Symbol.asyncDispose]: () => endpoint.close() };
}
