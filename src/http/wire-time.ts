/** The wire's "yyyy-MM-dd HH:mm", UTC, of Unix ms. */
export function formatWireTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** Unix ms of the wire's "yyyy-MM-dd HH:mm", UTC; null when it is no such text or no such day. */
export function parseWireTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$/.test(text)) {
    return null;
  }
  const atMs = Date.parse(`${text.replace(' ', 'T')}:00Z`);
  return Number.isNaN(atMs) || formatWireTime(atMs) !== text ? null : atMs;
}
