/** Units as revisions in the running bus: built, guarded at every door, switched and retired. */
@NullMarked
package vn.lgsp.deploy;

import org.jspecify.annotations.NullMarked;
