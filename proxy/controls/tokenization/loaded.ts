/**
 * What a tokenization control needs and doesn't load before it must: detectors with the first call, keys with the first
 * value.
 */
import { UpstreamFailure } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import type { Detector } from '../shared/detectors/detector.ts';
import { loadDetectors } from '../shared/detectors/find-all.ts';
import { KeyringFault, type KeyringSource, placeOf, readKeyring } from '../shared/keyring.ts';
import { findTokens } from './token.ts';
import type { Tokens } from './tokens.ts';

/**
 * A token of a key that isn't known here may be of one made since: the keyring is then read again, but not more often
 * than this.
 */
const RELOAD_MS = 60_000;

export class Loaded {
  tokens: Tokens | undefined;
  /** Once they are. */
  detectors: readonly Detector[] | undefined;
  readonly #source: KeyringSource;
  readonly #unloaded: readonly Detector[];
  readonly #types: readonly string[];
  #keyIds: ReadonlySet<string> = new Set();
  #readAt = 0;
  #loading: Promise<Tokens> | undefined;

  constructor(source: KeyringSource, detectors: readonly Detector[], types: readonly string[]) {
    this.#source = source;
    this.#unloaded = detectors;
    this.#types = types;
  }

  async loadDetectors(): Promise<readonly Detector[]> {
    await loadDetectors(this.#unloaded);
    return (this.detectors = this.#unloaded);
  }

  /** One flight at a time; one that fails is tried again by the next call. */
  loadTokens(): Promise<Tokens> {
    return (this.#loading ??= this.#load().finally(() => (this.#loading = undefined)));
  }

  /** Reads the keyring again where a text has a token of a key that it didn't have. */
  async refresh(text: string): Promise<void> {
    if (Date.now() - this.#readAt < RELOAD_MS || findTokens(text).every(({ keyId }) => this.#keyIds.has(keyId))) return;
    // Where it can't be read, which is logged, those of the keys that are known can still be opened.
    await this.loadTokens().catch(() => {});
  }

  async #load(): Promise<Tokens> {
    // One that can't be read isn't asked for more often either.
    this.#readAt = Date.now();
    try {
      const [{ Cipher }, { Tokens }, keyring] = await Promise.all([
        import('./cipher.ts'),
        import('./tokens.ts'),
        readKeyring(this.#source),
      ]);
      this.#keyIds = new Set(keyring.keys.keys());
      return (this.tokens = new Tokens(new Cipher(keyring), this.#types));
    } catch (error) {
      log.error('the keyring could not be read', {
        event: 'keyring',
        place: placeOf(this.#source),
        reason: error instanceof KeyringFault || error instanceof UpstreamFailure ? error.message : undefined,
        error,
      });
      throw error;
    }
  }
}
