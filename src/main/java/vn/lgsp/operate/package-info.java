/** For the people who run the bus: console, health, metrics. */
@NullMarked
package vn.lgsp.operate;

import org.jspecify.annotations.NullMarked;
