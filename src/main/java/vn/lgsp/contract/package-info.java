/** What a service publishes of itself, made of the files that it runs by. */
@NullMarked
package vn.lgsp.contract;

import org.jspecify.annotations.NullMarked;
