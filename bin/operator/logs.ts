/** Reads a deployed proxy's log. */
import { isObject } from '../../proxy/json/lossless.ts';
import { awsFailure, clientOptions, nameOf } from './aws.ts';
import { textAt } from './members.ts';

export interface LogLine {
  readonly at: Date;
  readonly text: string;
}

export interface LogQuestion {
  readonly region: string;
  readonly logGroupName: string;
  /** CloudWatch Logs' filter pattern. */
  readonly pattern: string;
  readonly since: Date;
  /** Return at most so many, the newest ones. */
  readonly most: number;
}

/** Maximum number of pages read; the service returns the oldest first. A log with more is too long to show anyway. */
const MAX_PAGES = 20;

/** Oldest first. Empty if the group doesn't exist yet: the service creates it with the first session. */
export async function logLines({
  region,
  logGroupName,
  pattern,
  since,
  most,
}: LogQuestion): Promise<readonly LogLine[]> {
  const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(clientOptions(region));
  let lines: LogLine[] = [];
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < MAX_PAGES && (page === 0 || nextToken !== undefined); page++) {
      const found = await client.send(
        new FilterLogEventsCommand({
          logGroupName,
          filterPattern: pattern,
          startTime: since.getTime(),
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      );
      lines = [
        ...lines,
        ...(found.events ?? []).map(({ timestamp = 0, message = '' }) => ({
          at: new Date(timestamp),
          text: message.trimEnd(),
        })),
      ].slice(-most);
      nextToken = found.nextToken;
    }
    return lines;
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return [];
    throw awsFailure(error, `read the log group ${logGroupName}`, 'logs:FilterLogEvents');
  } finally {
    client.destroy();
  }
}

/** Lines of level `error`, and the message of a process that couldn't start, which isn't JSON. */
export async function lastErrors(question: Omit<LogQuestion, 'pattern'>): Promise<readonly LogLine[]> {
  const [logged, ended] = await Promise.all(
    ['{ $.level = "error" }', '"agentcore-mcp-proxy:"'].map((pattern) => logLines({ ...question, pattern })),
  );
  return [...(logged ?? []), ...(ended ?? [])].sort((a, b) => a.at.getTime() - b.at.getTime()).slice(-question.most);
}

/** One line for a person: the message and other members, without those that every line has. */
export function briefly(text: string): string {
  let entry: unknown;
  try {
    entry = JSON.parse(text);
  } catch {
    return text;
  }
  if (!isObject(entry)) return text;
  const { time: _time, level: _level, message, error, ...rest } = entry;
  const type = ['type', 'code', 'message'].flatMap((key) => textAt(error, key) ?? []).join(' ');
  const facts = Object.entries(rest).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [`${key}=${value}`] : [],
  );
  return [typeof message === 'string' ? message : '', ...facts, type].filter((part) => part !== '').join(' ');
}
