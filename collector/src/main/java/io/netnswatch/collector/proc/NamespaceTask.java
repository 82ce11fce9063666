package io.netnswatch.collector.proc;

import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.NetnsCommand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs a namespace command.
 *
 * @param pid its id
 * @param startTicks its start after boot; with the pid it identifies the process
 * @param comm its name
 * @param age how long it has run, by the kernel's clock
 * @param command what it does
 * @param netnsName the namespace, if it names one
 * @param at where it is
 */
public record NamespaceTask(
    int pid,
    long startTicks,
    String comm,
    Duration age,
    NetnsCommand command,
    @Nullable String netnsName,
    BlockedAt at) {}
