/** The bridge's one configuration file. */
@NullMarked
package io.netnswatch.oncall.config;

import org.jspecify.annotations.NullMarked;
