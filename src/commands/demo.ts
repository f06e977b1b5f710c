/** Runs the demo. */
export const demo = async (_args: readonly string[]): Promise<number> => 1;
