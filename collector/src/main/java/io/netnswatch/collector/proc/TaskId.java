package io.netnswatch.collector.proc;

/**
 * Tells a task from a later one with the same number.
 *
 * @param pid its number, that of a thread if it is not its process's first
 * @param startTicks its start after boot, in clock ticks
 */
record TaskId(int pid, long startTicks) {}
