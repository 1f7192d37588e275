/** The second stage: who is asking. */
@NullMarked
package vn.lgsp.identify;

import org.jspecify.annotations.NullMarked;
