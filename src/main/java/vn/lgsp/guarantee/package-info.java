/** Guaranteed delivery: what was accepted arrives, whatever dies. One state machine, one sweeper (DLV-03). */
@NullMarked
package vn.lgsp.guarantee;

import org.jspecify.annotations.NullMarked;
