/** What people read and deploy, held against what there is. */
@NullMarked
package io.netnswatch.docs;

import org.jspecify.annotations.NullMarked;
