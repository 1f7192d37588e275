/** What an integrator writes: the files of a service as one unit, the rules that they keep, and their copies. */
@NullMarked
package vn.lgsp.unit;

import org.jspecify.annotations.NullMarked;
