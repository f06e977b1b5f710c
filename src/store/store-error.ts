/**
 * Why a store refused:
 * - `STORE_LOCKED`: another process has the data folder open.
 * - `STORE_NEWER`: the data was written by a later version; migrations only go forward.
 * - `STORE_CLOSED`: a write after `close()`.
 * - `STORE_BROKEN`: the store has stopped by itself; what was not acknowledged is not stored, and no more will be.
 * - `CONFLICT`: the write contradicts what is stored (a journal gap, a taken key or name).
 */
export type StoreErrorCode = 'STORE_LOCKED' | 'STORE_NEWER' | 'STORE_CLOSED' | 'STORE_BROKEN' | 'CONFLICT';

/** A refusal by the store itself. Faults of the disk or the engine pass through as they are. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
