/** A model on Amazon Bedrock, found with AWS's usual configuration. */
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { BedrockModel } from '@strands-agents/sdk';
import { EXIT, Failure } from '../operator/failure.ts';

/**
 * The current Claude Sonnet, through the inference profile that every commercial region has, so the same id works in
 * all of them. Pinned, since the library's default changes with its version.
 */
const DEFAULT_MODEL = 'global.anthropic.claude-sonnet-5-5';

export interface ModelWish {
  /** @default - DEFAULT_MODEL */
  readonly id: string | undefined;
  /** @default - from AWS_REGION or the profile */
  readonly region: string | undefined;
}

export interface FoundModel {
  readonly id: string;
  readonly region: string;
  readonly bedrock: BedrockModel;
}

const CONNECT_MS = 5_000;
/** Longest silence within an answer: a model may think for a while. */
const SILENCE_MS = 180_000;

/**
 * Undefined if AWS's default chain has no credentials. Whether the model may be used only shows with the first
 * question.
 */
export async function findModel(wish: ModelWish): Promise<FoundModel | undefined> {
  const id = wish.id ?? DEFAULT_MODEL;
  // The client finds a Bedrock API key itself.
  const apiKey = (process.env['AWS_BEARER_TOKEN_BEDROCK'] ?? '') !== '';
  const credentials = fromNodeProviderChain(wish.region === undefined ? {} : { clientConfig: { region: wish.region } });
  if (!apiKey && !(await works(credentials))) return undefined;
  const region = await regionFor(wish);
  const bedrock = new BedrockModel({
    modelId: id,
    region,
    clientConfig: {
      ...(apiKey ? {} : { credentials }),
      // The client's default handler uses HTTP/2, which a plain http endpoint (AWS_ENDPOINT_URL_BEDROCK_RUNTIME) and
      // many corporate proxies don't support.
      requestHandler: new NodeHttpHandler({ connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS }),
    },
  });
  return { id, region, bedrock };
}

async function works(credentials: () => Promise<unknown>): Promise<boolean> {
  try {
    await credentials();
    return true;
  } catch {
    return false;
  }
}

/** Asks AWS's client, which reads the environment and the profile. */
async function regionFor({ region }: ModelWish): Promise<string> {
  if (region !== undefined) return region;
  const client = new BedrockRuntimeClient({});
  try {
    return await client.config.region();
  } catch (error) {
    throw new Failure('no region for the model: give --region R, or set AWS_REGION', EXIT.usage, { cause: error });
  } finally {
    client.destroy();
  }
}
