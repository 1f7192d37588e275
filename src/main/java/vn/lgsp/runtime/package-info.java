/** The wiring; the only package that knows Camel Main. Only the command line uses it. */
@NullMarked
package vn.lgsp.runtime;

import org.jspecify.annotations.NullMarked;
