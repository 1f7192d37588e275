/** The third stage: may they, for this service and operation, now. */
@NullMarked
package vn.lgsp.authorise;

import org.jspecify.annotations.NullMarked;
