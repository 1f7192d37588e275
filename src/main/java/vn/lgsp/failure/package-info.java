/** What can go wrong, who must act, and how the bus says so. */
@NullMarked
package vn.lgsp.failure;

import org.jspecify.annotations.NullMarked;
