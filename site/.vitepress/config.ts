import { defineConfig } from 'vitepress';
import { sidebar } from '../sidebar.ts';

/** GitHub's, so that a link to a heading works on the repository and here. */
function slugify(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

export default defineConfig({
  title: 'agentcore-mcp-proxy',
  description: 'A programmable MCP proxy for Amazon Bedrock AgentCore Runtime',
  srcDir: '.pages',
  base: process.env['SITE_BASE'] ?? '/',
  lang: 'en',
  // What a page says in braces or angle brackets is text.
  markdown: {
    html: false,
    anchor: { slugify },
    config(md) {
      const fence = md.renderer.rules.fence;
      md.renderer.rules.fence = (tokens, index, ...rest) => {
        const { info = '', content = '' } = tokens[index] ?? {};
        if (info.trim() === 'mermaid') return `<Picture text="${encodeURIComponent(content)}" />`;
        return fence?.(tokens, index, ...rest) ?? '';
      };
      md.core.ruler.push('braces', ({ tokens }) => {
        for (const { children } of tokens)
          for (const child of children ?? [])
            if (child.type === 'text') child.content = child.content.replaceAll('{{', '{\u200b{');
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sidebar(),
    outline: [2, 3],
    nav: [
      { text: 'README', link: '/readme' },
      { text: 'Examples', link: '/examples/' },
      { text: 'Security', link: '/SECURITY' },
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
  },
});
