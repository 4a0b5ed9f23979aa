/**
 * A stored keyring that can be read and replaced. A write only succeeds if the stored keyring is still the one that was
 * read.
 */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { isErrno } from '../../proxy/base/log.ts';
import type { KeyringSource } from '../../proxy/controls/shared/keyring.ts';
import { awsFailure, clientOptions, nameOf } from './aws.ts';
import { Failure } from './failure.ts';

export interface Stored {
  readonly text: string;
  /** Identifies that value. */
  readonly version: string;
}

export interface Store {
  /** Undefined: there is none yet. */
  read(): Promise<Stored | undefined>;
  /**
   * @param instead what was read; undefined if there must be none yet. Throws if another was stored meanwhile: its key
   * would be lost.
   */
  write(text: string, instead: Stored | undefined): Promise<void>;
}

export function openKeyring(source: Exclude<KeyringSource, { readonly kind: 'env' }>): Store {
  return source.kind === 'file' ? fileStore(source.path) : secretStore(source);
}

function changed(): Failure {
  return new Failure('the keyring was changed meanwhile, and nothing was written: look at it with show, and try again');
}

function fileStore(path: string): Store {
  const read = async (): Promise<Stored | undefined> => {
    try {
      const text = await readFile(path, 'utf8');
      return { text, version: text };
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined;
      throw error;
    }
  };
  return {
    read,
    async write(text, instead) {
      // Allows one writer at a time, and no reader sees a partial file. Only its owner may read it.
      const next = `${path}.new`;
      let file;
      try {
        file = await open(next, 'wx', 0o600);
      } catch (error) {
        if (isErrno(error, 'EEXIST'))
          throw new Failure(
            `${next} exists: another command is writing the keyring, or one was interrupted. If none is running, delete it`,
          );
        throw error;
      }
      try {
        await file.writeFile(`${text}\n`);
        await file.sync();
        await file.close();
        if ((await read())?.version !== instead?.version) throw changed();
        await rename(next, path);
      } catch (error) {
        await file.close().catch(() => {});
        await rm(next, { force: true });
        throw error;
      }
    },
  };
}

const CURRENT = 'AWSCURRENT';

function secretStore({ arn, region }: { readonly arn: string; readonly region: string }): Store {
  const load = async () => {
    const sdk = await import('@aws-sdk/client-secrets-manager');
    return { ...sdk, client: new sdk.SecretsManagerClient(clientOptions(region)) };
  };
  return {
    async read() {
      const { client, GetSecretValueCommand, DescribeSecretCommand } = await load();
      try {
        const { SecretString: text = '', VersionId: version = '' } = await client.send(
          new GetSecretValueCommand({ SecretId: arn }),
        );
        return { text, version };
      } catch (error) {
        if (nameOf(error) !== 'ResourceNotFoundException')
          throw awsFailure(error, `read ${arn}`, 'secretsmanager:GetSecretValue, and kms:Decrypt on its key');
        // The secret may be missing, or only its value: AWS's error is the same for both.
        await client.send(new DescribeSecretCommand({ SecretId: arn })).catch((missing: unknown) => {
          if (nameOf(missing) === 'ResourceNotFoundException')
            throw new Failure(`there is no secret ${arn} in that account and region`);
          throw awsFailure(missing, `look at ${arn}`, 'secretsmanager:DescribeSecret');
        });
        return undefined;
      } finally {
        client.destroy();
      }
    },
    async write(text, instead) {
      const { client, PutSecretValueCommand, UpdateSecretVersionStageCommand } = await load();
      const version = randomUUID();
      try {
        if (instead === undefined) {
          await client.send(
            new PutSecretValueCommand({ SecretId: arn, SecretString: text, ClientRequestToken: version }),
          );
          return;
        }
        // Store the new value first, then make it current in place of the one that was read: AWS refuses that if
        // another is current by now.
        const aside = `ASIDE-${version}`;
        await client.send(
          new PutSecretValueCommand({
            SecretId: arn,
            SecretString: text,
            ClientRequestToken: version,
            VersionStages: [aside],
          }),
        );
        try {
          await client.send(
            new UpdateSecretVersionStageCommand({
              SecretId: arn,
              VersionStage: CURRENT,
              MoveToVersionId: version,
              RemoveFromVersionId: instead.version,
            }),
          );
        } catch (error) {
          throw nameOf(error) === 'InvalidParameterException' ? changed() : error;
        } finally {
          // AWS deletes a value that has no label and isn't current.
          await client.send(
            new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: aside, RemoveFromVersionId: version }),
          );
        }
      } catch (error) {
        throw awsFailure(
          error,
          `write ${arn}`,
          'secretsmanager:PutSecretValue and secretsmanager:UpdateSecretVersionStage, and kms:GenerateDataKey on its key',
        );
      } finally {
        client.destroy();
      }
    },
  };
}
