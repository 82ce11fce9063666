package io.netnswatch.collector.proc;

import io.netnswatch.schema.BlockedAt;
import io.netnswatch.schema.NetnsCommand;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A process that runs a namespace command.
 *
 * @param pid its id
 * @param comm its name
 * @param startedAt its start, to 10 ms
 * @param command what it does
 * @param netnsName the namespace, if it names one
 * @param at where it is
 */
public record NamespaceTask(
    int pid,
    String comm,
    Instant startedAt,
    NetnsCommand command,
    @Nullable String netnsName,
    BlockedAt at) {}
