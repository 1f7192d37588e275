@NullMarked
package vn.lgsp.edoc;

import org.jspecify.annotations.NullMarked;
