/**
 * Content that does not fit in memory: in an encrypted file for the length of one exchange, or sealed in parts in the database until it is
 * delivered (MSG-05, MSG-06).
 */
@NullMarked
package vn.lgsp.hold;

import org.jspecify.annotations.NullMarked;
