/** Content sealed before it touches a disk, and the keys that open it (MSG-06). */
@NullMarked
package vn.lgsp.seal;

import org.jspecify.annotations.NullMarked;
