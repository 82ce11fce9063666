/** What people read and deploy, held against what there is. */
@NullMarked
package io.netnswatch.pages;

import org.jspecify.annotations.NullMarked;
