/** The way out: one HTTP client for every connector, bounded by what is registered. */
@NullMarked
package vn.lgsp.deliver;

import org.jspecify.annotations.NullMarked;
