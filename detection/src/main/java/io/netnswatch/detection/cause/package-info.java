/**
 * Who holds a namespace creation up: roles from stacks, the chain of waits, and known causes as
 * data.
 *
 * <pre>
 * Task (stacks, state, CPU) -&gt; StackReader -&gt; Reading (role, function, wait)
 *                             Readings -&gt; WaitChain -&gt; root -&gt; Causes -&gt; Diagnosis
 * </pre>
 */
@NullMarked
package io.netnswatch.detection.cause;

import org.jspecify.annotations.NullMarked;
