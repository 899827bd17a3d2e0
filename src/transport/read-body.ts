import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { LatchkeyError } from '../errors.js';

/** Largest request body, before and after decompression. */
export const BODY_MAX_BYTES = 1_048_576;

/** Why a body was not taken. `unreadable`: it broke off, or is not in the encoding that it claims. */
export class BodyRefused extends LatchkeyError {
  readonly reason: 'too_large' | 'unreadable';

  constructor(reason: 'too_large' | 'unreadable', options?: ErrorOptions) {
    super(reason === 'too_large' ? `The body may have ${BODY_MAX_BYTES} bytes at most.` : 'The body could not be read.', options);
    this.reason = reason;
  }
}

type Decode = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** Does the request bring a body, even an empty one? @see RFC 9112 section 6.3 */
export function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
}

/**
 * The whole body, decompressed. Refused as soon as it is known to be too large, not when all of it has come. Which
 * encodings are allowed has been settled before. Errors: `BodyRefused`.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  const decode = DECODERS.get(encoding);
  const bytes = await collect(request);
  if (decode === undefined || bytes.length === 0) return bytes;
  try {
    return await decode(bytes, { maxOutputLength: BODY_MAX_BYTES });
  } catch (error) {
    const tooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new BodyRefused(tooLarge ? 'too_large' : 'unreadable', { cause: error });
  }
}

function collect(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_MAX_BYTES) return Promise.reject(new BodyRefused('too_large'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const leave = (): void => {
      request.off('data', take).off('end', end).off('close', broken);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= BODY_MAX_BYTES) return;
      leave();
      request.pause();
      reject(new BodyRefused('too_large'));
    };
    const end = (): void => {
      leave();
      resolve(Buffer.concat(chunks, size));
    };
    const broken = (error?: Error): void => {
      leave();
      reject(new BodyRefused('unreadable', { cause: error }));
    };
    request.on('data', take).on('end', end).on('close', broken);
    // Stays: a client that goes away later must not end the process.
    request.on('error', broken);
  });
}
