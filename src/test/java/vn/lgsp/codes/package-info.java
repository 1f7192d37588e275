@NullMarked
package vn.lgsp.codes;

import org.jspecify.annotations.NullMarked;
