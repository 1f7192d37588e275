/** Files that people write, read into values that know where they stand. */
@NullMarked
package vn.lgsp.source;

import org.jspecify.annotations.NullMarked;
