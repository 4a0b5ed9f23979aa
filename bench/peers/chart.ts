/**
 * Draws the ratios of `--peers` as bars on a logarithmic scale, one panel for each row: an SVG with its text as text, and
 * colours for light and dark pages.
 */
import type { Spread } from '../stats.ts';

export interface Bar {
  readonly name: string;
  /** Undefined: no right answer. */
  readonly ratio: Spread | undefined;
  /** A program of this project. */
  readonly own: boolean;
}
export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const [LEFT, RIGHT] = [230, 90];
const [LINE, HEAD, GAP] = [22, 40, 18];
const DECADES = [0.1, 1, 10, 100, 1000];
const SCALE = { least: 0.1, most: 1000 };

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .axis { fill: #59636e; font-size: 11px; }
  .grid { stroke: #d1d9e0; }
  .pipe { stroke: #59636e; stroke-dasharray: 3 3; }
  .peer { fill: #8c959f; }
  .own { fill: #1a7f5a; }
  .range { stroke: #1f2328; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .axis { fill: #9198a1; }
    .grid { stroke: #3d444d; }
    .pipe { stroke: #9198a1; }
    .peer { fill: #656c76; }
    .own { fill: #3fb68b; }
    .range { stroke: #f0f6fc; }
  }
`;

/** @param about one sentence for those who can't see it */
export function chart(panels: readonly Panel[], title: string, about: string): string {
  const drawn: string[] = [];
  let y = HEAD;
  for (const panel of panels) {
    drawn.push(...drawPanel(panel, y));
    y += LINE + panel.bars.length * LINE + LINE + GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-labelledby="title about">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="about">${escape(about)}</desc>`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="0" y="18">${escape(title)}</text>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, bars }: Panel, top: number): string[] {
  const first = top + LINE;
  const bottom = first + bars.length * LINE;
  const parts = [`<text class="title" x="0" y="${top + 8}">${escape(title)}</text>`];
  for (const decade of DECADES) {
    const x = position(decade);
    parts.push(
      `<line class="${decade === 1 ? 'pipe' : 'grid'}" x1="${x}" x2="${x}" y1="${first - 4}" y2="${bottom}"/>`,
      `<text class="axis" x="${x}" y="${bottom + 14}" text-anchor="middle">${decade === 1 ? 'pipe' : `${decade} ×`}</text>`,
    );
  }
  bars.forEach((bar, index) => parts.push(...drawBar(bar, first + index * LINE)));
  return parts;
}

/** From the pipe: longer to the right if it costs more, to the left if it costs less. */
function drawBar({ name, ratio, own }: Bar, y: number): string[] {
  const label = `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${escape(name)}</text>`;
  if (ratio === undefined)
    return [label, `<text class="axis" x="${position(1) + 6}" y="${y + 14}">no right answer</text>`];
  const [from, to] = [Math.min(position(1), position(ratio.median)), Math.max(position(1), position(ratio.median))];
  const middle = y + 9;
  return [
    label,
    `<rect class="${own ? 'own' : 'peer'}" x="${from}" y="${y + 2}" width="${round(Math.max(1, to - from))}" height="14"/>`,
    `<line class="range" x1="${position(ratio.min)}" x2="${position(ratio.max)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${round(Math.max(to, position(ratio.max)) + 6)}" y="${y + 14}">${shown(ratio.median)} ×</text>`,
  ];
}

function position(ratio: number): number {
  const within = Math.min(SCALE.most, Math.max(SCALE.least, ratio));
  const share = Math.log10(within / SCALE.least) / Math.log10(SCALE.most / SCALE.least);
  return round(LEFT + share * (WIDTH - LEFT - RIGHT));
}

const round = (value: number): number => Math.round(value * 10) / 10;
const shown = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
