/** Names in Chinese, Japanese and Korean: before a form of address, or after a label and with a frequent surname. */
import { contextBefore } from './context.ts';

const RUN = /[\u3400-\u9fff々]+|[\uac00-\ud7af]+/y;

/** Frequent surnames. Texts, because sets would be made at each start. */
const CHINESE =
  '王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇卢盧蒋蔣蔡贾賈丁魏薛叶葉阎閻余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段钱錢汤湯尹黎易常武乔喬贺賀赖賴龚龔文';
const JAPANESE =
  '佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 山本 中村 小林 加藤 吉田 山田 佐々 山口 松本 井上 木村 斎藤 斉藤 清水 山崎 森田 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷 藤田 後藤 近藤 村上 遠藤 青木 坂本 福田 太田 西村 藤井 岡本 金子 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村 中山 和田 石田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 今井 工藤 高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 岩崎 菅原 木下 久保 佐野 野村 松尾 市川 菊地 杉本 古川 大西 島田 水野 桜井 高野 吉川';
const KOREAN = '김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진';

/** Whom nobody calls by name: `お客様`, `担当者様`, `고객님`, `선생님`. */
const ANYBODY =
  /[者社員客店部課長方皆]$|^(?:各位|神|王|旦那|奥|お子|株式会社.*)$|^(?:고객|선생|사장|이용자|주인|손|회원|조합원|기사|하나|임금)$/;

const LABEL = /(?:姓名|氏名|名前|联系人|聯絡人|이름|성함|성명|고객명)\s?[:：]\s?$/;

/** The end of the run of such characters at an index, and the name in it. */
export function nameInRun(text: string, at: number): { readonly name: number; readonly end: number } {
  RUN.lastIndex = at;
  if (!RUN.test(text)) return { name: -1, end: at + 1 };
  const end = RUN.lastIndex;
  const size = end - at;
  if (size < 2 || size > 8) return { name: -1, end };
  const run = text.slice(at, end);
  return { name: addressed(text, run, at, end) ?? labelled(text, run, at, end), end };
}

/** The end of a name before a form of address. */
function addressed(text: string, run: string, at: number, end: number): number | undefined {
  if (text.startsWith('さん', end) || text.startsWith('さま', end)) return isJapanese(run, 2) ? end : undefined;
  const [, name = '', title = ''] = /^(.{1,5})(様|氏|殿|先生|女士|小姐|님|씨)$/.exec(run) ?? [];
  if (name === '' || ANYBODY.test(name)) return undefined;
  const found =
    title === '様' || title === '氏' || title === '殿'
      ? isJapanese(name, 3)
      : title === '님' || title === '씨'
        ? name.length === 3 && KOREAN.includes(name.charAt(0))
        : name.length <= 3 && CHINESE.includes(name.charAt(0));
  return found ? at + name.length : undefined;
}

/** @param least without a surname from the list */
function isJapanese(name: string, least: number): boolean {
  return JAPANESE.includes(name.slice(0, 2)) || (name.length >= least && !ANYBODY.test(name) && name.length <= 5);
}

function labelled(text: string, run: string, at: number, end: number): number {
  if (run.length > 4 || !hasSurname(run)) return -1;
  const isNamed = contextBefore(text, at) !== undefined || LABEL.test(text.slice(Math.max(0, at - 12), at));
  return isNamed ? end : -1;
}

function hasSurname(run: string): boolean {
  if (run.charCodeAt(0) >= 0xac00) return run.length <= 4 && KOREAN.includes(run.charAt(0));
  return JAPANESE.includes(run.slice(0, 2)) ? run.length >= 3 : run.length <= 3 && CHINESE.includes(run.charAt(0));
}
