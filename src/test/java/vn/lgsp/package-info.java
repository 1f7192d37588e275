@NullMarked
package vn.lgsp;

import org.jspecify.annotations.NullMarked;
