/** What {@code lgsp torture} does to a bus of its own, and how it counts afterwards what arrived. */
@NullMarked
package vn.lgsp.torture;

import org.jspecify.annotations.NullMarked;
