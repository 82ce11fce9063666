/**
 * Binary form of the detector's state. It is compact because every event reads and writes it, and
 * begins with a format version so that a newer release can read what an older one stored.
 */
@NullMarked
package io.netnswatch.streams.state;

import org.jspecify.annotations.NullMarked;
