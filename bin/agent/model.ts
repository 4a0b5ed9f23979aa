/** A model on Amazon Bedrock, found with AWS's own configuration. */
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { BedrockModel } from '@strands-agents/sdk';
import { EXIT, Failure } from '../operator/failure.ts';

/**
 * The current Claude Sonnet, by the inference profile that every commercial region has: the same id works wherever the
 * proxy is. Pinned here, since the library's own default changes with its version.
 */
export const DEFAULT_MODEL = 'global.anthropic.claude-sonnet-5-5';

export interface ModelWish {
  /** @default - DEFAULT_MODEL */
  readonly id: string | undefined;
  /** @default - what AWS_REGION or the profile says */
  readonly region: string | undefined;
}

export interface FoundModel {
  readonly id: string;
  readonly region: string;
  readonly bedrock: BedrockModel;
}

const CONNECT_MS = 5_000;
/** Silence between two pieces of an answer: a model that thinks may take its time. */
const SILENCE_MS = 180_000;

/**
 * Undefined where AWS's default chain has no credentials. Whether the model may be used shows with the first question.
 */
export async function findModel(wish: ModelWish): Promise<FoundModel | undefined> {
  const id = wish.id ?? DEFAULT_MODEL;
  // A Bedrock API key is found by the client itself.
  const apiKey = (process.env['AWS_BEARER_TOKEN_BEDROCK'] ?? '') !== '';
  const credentials = fromNodeProviderChain(wish.region === undefined ? {} : { clientConfig: { region: wish.region } });
  if (!apiKey && !(await works(credentials))) return undefined;
  const region = await regionFor(wish);
  const bedrock = new BedrockModel({
    modelId: id,
    region,
    clientConfig: {
      ...(apiKey ? {} : { credentials }),
      // The client's own handler speaks HTTP/2, which a plain http endpoint (AWS_ENDPOINT_URL_BEDROCK_RUNTIME) and many
      // a corporate proxy don't.
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

/** Asked of AWS's own client, which knows the environment and the profile. */
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
