/**
 * What a ksqlDB server would refuse of a script, found without one: a parser and the checks of its
 * analysis that a real server (Confluent Platform 7.9.5) was seen to make.
 */
@NullMarked
package io.netnswatch.interop.ksqldb;

import org.jspecify.annotations.NullMarked;
