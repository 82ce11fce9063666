package io.netnswatch.oncall.act;

import io.netnswatch.schema.HostAction;
import io.netnswatch.schema.Incident;
import org.jspecify.annotations.Nullable;

/**
 * One thing to do, or merely to write down.
 *
 * @param action as it must be written down before it is done; its phase says what is to be done
 * @param incident the latest that is known of its incident; null if nothing is
 * @param isWritten whether it was written down, and perhaps done, before: it was begun, and its
 *     outcome is unknown
 */
public record ActionStep(HostAction action, @Nullable Incident incident, boolean isWritten) {}
