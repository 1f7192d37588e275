/** The whole bus under test: real route files, real peers on loopback, real records. */
@NullMarked
package vn.lgsp.runtime;

import org.jspecify.annotations.NullMarked;
